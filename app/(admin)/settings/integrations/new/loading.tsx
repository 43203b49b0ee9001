import { PageHeader } from "@/components/patterns/page-header";
import { Late } from "@/components/ui/late";
import { Skeleton } from "@/components/ui/skeleton";

export default function Loading() {
  return (
    <Late>
      <PageHeader
        title="Create Integration"
        back={{ href: "/settings/integrations", label: "Integrations" }}
      />
      <Skeleton className="h-60 w-full" />
      <Skeleton className="h-72 w-full" />
    </Late>
  );
}
