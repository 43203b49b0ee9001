import { OverviewShape } from "@/components/integrations/overview-shape";
import { Late } from "@/components/ui/late";

export default function Loading() {
  return (
    <Late>
      <OverviewShape />
    </Late>
  );
}
