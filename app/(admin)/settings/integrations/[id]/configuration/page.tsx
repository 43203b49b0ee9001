import type { Metadata } from "next";
import { ConfigurationTab } from "@/components/config/configuration-tab";
import { findIntegrationView } from "../../load-integration-view";
import { previewSchemaAction, saveDefaultsAction, saveSchemaAction } from "../../configuration-actions";

interface PageProps {
  params: Promise<{ id: string }>;
}

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  const view = await findIntegrationView((await params).id);
  return { title: view ? `Configuration · ${view.name}` : "Not found" };
}

export default function ConfigurationPage() {
  return (
    <ConfigurationTab
      actions={{
        preview: previewSchemaAction,
        saveSchema: saveSchemaAction,
        saveDefaults: saveDefaultsAction,
      }}
    />
  );
}
