import { Late } from "@/components/ui/late";
import { Skeleton } from "@/components/ui/skeleton";

export default function Loading() {
  return (
    <Late>
      <div role="status" aria-label="Loading the mapping" className="flex flex-col gap-5">
        <Skeleton className="h-8 w-56" />
        <Skeleton className="h-72 w-full" />
        <Skeleton className="h-60 w-full" />
      </div>
    </Late>
  );
}
