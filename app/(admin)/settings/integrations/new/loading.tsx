import { PageHeader } from "@/components/patterns/page-header";
import { Skeleton } from "@/components/ui/skeleton";

export default function Loading() {
  return (
    <>
      <PageHeader
        title="Create Integration"
        back={{ href: "/settings/integrations", label: "Integrations" }}
      />
      <Skeleton className="h-60 w-full" />
      <Skeleton className="h-72 w-full" />
    </>
  );
}
