import { LoadingShape } from "@/components/integrations/loading-shape";
import { Late } from "@/components/ui/late";

export default function Loading() {
  return (
    <Late>
      <LoadingShape />
    </Late>
  );
}
