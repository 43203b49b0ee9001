import { Overview } from "@/components/integrations/overview";

export default function OverviewPage() {
  return <Overview />;
}
