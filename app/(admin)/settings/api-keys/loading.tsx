import { PageHeader } from "@/components/patterns/page-header";
import { SkeletonTable } from "@/components/ui/skeleton";

export default function Loading() {
  return (
    <>
      <PageHeader title="API keys" />
      <SkeletonTable label="Loading API keys" rows={8} />
    </>
  );
}
