import { Overview } from "@/components/integrations/overview";
import { findPreset } from "@/lib/presets/list-presets";
import { loadIntegrationView } from "../load-integration-view";

export default async function OverviewPage({ params }: { params: Promise<{ id: string }> }) {
  const { presetId } = await loadIntegrationView((await params).id);
  return <Overview preset={findPreset(presetId)} />;
}
