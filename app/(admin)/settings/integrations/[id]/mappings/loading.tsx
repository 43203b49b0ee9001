import { Late } from "@/components/ui/late";
import { Skeleton, SkeletonTable } from "@/components/ui/skeleton";

export default function Loading() {
  return (
    <Late>
      <div className="flex flex-col gap-3">
        <Skeleton className="h-12 w-full" />
        <Skeleton className="h-8 w-full sm:w-72" />
        <SkeletonTable label="Loading the mappings" rows={12} />
      </div>
    </Late>
  );
}
