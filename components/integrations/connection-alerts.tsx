"use client";

import { lazy, Suspense } from "react";
import { configLabel } from "@/components/integrations/config-label";
import { connectionFacts } from "@/components/integrations/connection-facts";
import type { ConnectionTroubleListProps } from "@/components/integrations/connection-trouble-list";
import { useIntegrationScreen } from "@/components/integrations/integration-context";
import { useNow } from "@/components/patterns/clock";
import { Alert } from "@/components/ui/alert";
import { ButtonLink } from "@/components/ui/button-link";

const ConnectionTroubleList = lazy(async () => ({
  default: (await import("@/components/integrations/connection-trouble-list")).ConnectionTroubleList,
}));

/** What is wrong with the connection, in words: what happened, why, what to do. */
export function ConnectionAlerts() {
  const { view } = useIntegrationScreen();
  const facts = connectionFacts(view, useNow());
  const { connection } = view;
  const missing = view.missing.length > 0 && (
    <Alert
      tone="warning"
      title="Required values are missing"
      action={
        view.can.edit && (
          <ButtonLink size="sm" href={`/settings/integrations/${view.id}/configuration#defaults`}>
            Enter values
          </ButtonLink>
        )
      }
    >
      {new Intl.ListFormat("en").format(view.missing.map(configLabel))}{" "}
      {view.missing.length === 1 ? "has" : "have"} no default.{" "}
      {view.can.edit
        ? "Enter one for all organizations under Configuration, or one for each under Mappings."
        : "Each organization needs a value of its own, under Mappings."}
    </Alert>
  );
  if (!connection || !facts) return missing;
  return (
    <>
      {missing}
      <ConnectionTroubles connection={connection} expired={facts.expired} mayConnect={view.can.connect} />
    </>
  );
}

/** What ails one connection; nothing where all is well, and then its words are not loaded. */
export function ConnectionTroubles(props: ConnectionTroubleListProps) {
  const { connection, expired } = props;
  if (!connection.error && !connection.connectError && !expired) return null;
  return (
    <Suspense>
      <ConnectionTroubleList {...props} />
    </Suspense>
  );
}
