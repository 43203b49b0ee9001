"use client";

import { ConfigurationFacts } from "@/components/config/configuration-facts";
import type { ConfigurationActions } from "@/components/config/configuration-actions";
import { DefaultsForm } from "@/components/config/defaults-form";
import { SchemaForm } from "@/components/config/schema-form";
import { useVersionChain } from "@/components/config/use-version-chain";
import { useIntegrationScreen } from "@/components/integrations/integration-context";

/** The second tab of an integration's page: which values it has, and what they are for all organizations. */
export function ConfigurationTab({ actions }: { actions: ConfigurationActions }) {
  const { view } = useIntegrationScreen();
  const versions = useVersionChain();
  if (!view.can.edit) return <ConfigurationFacts />;
  return (
    <div className="flex flex-col gap-5">
      <SchemaForm actions={actions} versions={versions} />
      {view.configFields.length > 0 && <DefaultsForm actions={actions} versions={versions} />}
    </div>
  );
}
