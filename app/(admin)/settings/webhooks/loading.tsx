import { PageHeader } from "@/components/patterns/page-header";
import { SkeletonTable } from "@/components/ui/skeleton";

export default function Loading() {
  return (
    <>
      <PageHeader title="Webhooks" />
      <SkeletonTable label="Loading webhooks" rows={6} />
    </>
  );
}
