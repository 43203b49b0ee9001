"use client";

import { usePathname } from "next/navigation";
import { PageHeader } from "@/components/patterns/page-header";
import { Skeleton, SkeletonTable } from "@/components/ui/skeleton";

/** The shape of what comes at this address: the list, or one integration with its header and tabs. */
export function LoadingShape() {
  const [, , , id, tab] = usePathname().split("/");
  if (id === undefined) {
    return (
      <>
        <PageHeader title="Integrations" />
        <Skeleton className="h-8 w-full sm:w-72" />
        <SkeletonTable label="Loading integrations" rows={12} />
      </>
    );
  }
  return (
    <>
      <Skeleton className="h-8 w-64" />
      <Skeleton className="h-9 w-full" />
      {tab === undefined ? (
        <OverviewShape />
      ) : (
        <div role="status" aria-label="Loading the integration">
          <Skeleton className="h-96 w-full" />
        </div>
      )}
    </>
  );
}

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
