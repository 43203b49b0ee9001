"use client";

import { lazy, Suspense } from "react";
import type { ConfigurationActions } from "@/components/config/configuration-actions";
import { SchemaForm } from "@/components/config/schema-form";
import { useVersionChain } from "@/components/config/use-version-chain";
import { useIntegrationScreen } from "@/components/integrations/integration-context";
import { Late } from "@/components/ui/late";

const ConfigurationFacts = lazy(async () => ({
  default: (await import("@/components/config/configuration-facts")).ConfigurationFacts,
}));
const DefaultsForm = lazy(async () => ({
  default: (await import("@/components/config/defaults-form")).DefaultsForm,
}));

// Tall, so that a link to #defaults has somewhere to scroll to meanwhile.
const LATE = (
  <Late>
    <div id="defaults" className="min-h-dvh" />
  </Late>
);

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
        <Suspense fallback={LATE}>
          <DefaultsForm actions={actions} versions={versions} />
        </Suspense>
      )}
    </div>
  );
}
