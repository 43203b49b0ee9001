import { PageHeader } from "@/components/patterns/page-header";
import { Late } from "@/components/ui/late";
import { SkeletonTable } from "@/components/ui/skeleton";

export default function Loading() {
  return (
    <Late>
      <PageHeader title="API keys" />
      <SkeletonTable label="Loading API keys" rows={8} />
    </Late>
  );
}
