import { PageHeader } from "@/components/patterns/page-header";
import { Late } from "@/components/ui/late";
import { Skeleton } from "@/components/ui/skeleton";

export default function Loading() {
  return (
    <Late>
      <PageHeader
        title="Import an integration"
        back={{ href: "/settings/integrations", label: "Integrations" }}
      />
      <Skeleton className="h-96 w-full" />
    </Late>
  );
}
