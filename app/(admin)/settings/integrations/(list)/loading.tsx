import { PageHeader } from "@/components/patterns/page-header";
import { Late } from "@/components/ui/late";
import { Skeleton, SkeletonTable } from "@/components/ui/skeleton";

export default function Loading() {
  return (
    <Late>
      <PageHeader title="Integrations" />
      <Skeleton className="h-8 w-full sm:w-72" />
      <SkeletonTable label="Loading integrations" rows={12} />
    </Late>
  );
}
