"use client";

import { lazy, Suspense } from "react";
import type { ConfigurationActions } from "@/components/config/configuration-actions";
import { SchemaForm } from "@/components/config/schema-form";
import { useVersionChain } from "@/components/config/use-version-chain";
import { useIntegrationScreen } from "@/components/integrations/integration-context";

const ConfigurationFacts = lazy(async () => ({
  default: (await import("@/components/config/configuration-facts")).ConfigurationFacts,
}));
const DefaultsForm = lazy(async () => ({
  default: (await import("@/components/config/defaults-form")).DefaultsForm,
}));

/** The second tab of an integration's page: which values it has, and what they are for all organizations. */
export function ConfigurationTab({ actions }: { actions: ConfigurationActions }) {
  const { view } = useIntegrationScreen();
  const versions = useVersionChain();
  if (!view.can.edit) {
    return (
      <Suspense>
        <ConfigurationFacts />
      </Suspense>
    );
  }
  return (
    <div className="flex flex-col gap-5">
      <SchemaForm actions={actions} versions={versions} />
      {view.configFields.length > 0 && (
        // Tall, so that a link to #defaults has somewhere to scroll to meanwhile.
        <Suspense fallback={<div id="defaults" className="min-h-dvh" />}>
          <DefaultsForm actions={actions} versions={versions} />
        </Suspense>
      )}
    </div>
  );
}
