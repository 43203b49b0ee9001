import { PageHeader } from "@/components/patterns/page-header";
import { Skeleton } from "@/components/ui/skeleton";

export default function Loading() {
  return (
    <>
      <PageHeader
        title="Import an integration"
        back={{ href: "/settings/integrations", label: "Integrations" }}
      />
      <Skeleton className="h-96 w-full" />
    </>
  );
}
