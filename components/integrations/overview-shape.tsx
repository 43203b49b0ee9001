import { Skeleton } from "@/components/ui/skeleton";

/** The shape of the Overview, under the header and the tabs. */
export function OverviewShape() {
  return (
    <div role="status" aria-label="Loading the integration" className="flex flex-col gap-5">
      <Skeleton className="h-12 w-full" />
      <Skeleton className="h-52 w-full" />
      <Skeleton className="h-80 w-full" />
    </div>
  );
}
