import { OverviewShape } from "@/components/integrations/overview-shape";
import { Late } from "@/components/ui/late";
import { Skeleton } from "@/components/ui/skeleton";

/** Of an integration: its header and tabs, and what is under them. The list and the forms have shapes of their own. */
export default function Loading() {
  return (
    <Late>
      <Skeleton className="h-8 w-64" />
      <Skeleton className="h-9 w-full" />
      <OverviewShape />
    </Late>
  );
}
