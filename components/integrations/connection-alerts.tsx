"use client";

import { lazy, Suspense, useState } from "react";
import { MendButton } from "@/components/health/mend-button";
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

interface ConnectionTroublesProps extends Omit<ConnectionTroubleListProps, "mend" | "waitsForClient"> {
  /** Whose it is, where it is not the integration's default connection. */
  organization?: { id: string; name: string };
}

/** What ails one connection; nothing where all is well, and then its words are not loaded. */
export function ConnectionTroubles({ organization, ...props }: ConnectionTroublesProps) {
  const { view, actions, gone } = useIntegrationScreen();
  const [failure, setFailure] = useState<string | null>(null);
  const { expired } = props;
  // What ails the OAuth client stands above every tab, once.
  const isClients = view.oauth?.error !== null && props.connection.error?.code === view.oauth?.error?.code;
  const connection = isClients ? { ...props.connection, error: null } : props.connection;
  if (!connection.error && !connection.connectError && !expired) return null;
  const target = { id: view.id, name: organization?.name ?? view.name, organizationId: organization?.id };
  return (
    <Suspense>
      <ConnectionTroubleList
        {...props}
        connection={connection}
        waitsForClient={view.oauth?.error != null}
        mend={
          connection.error &&
          !gone &&
          // An organization's own card has these buttons right below.
          (organization === undefined || connection.error.act?.startsWith("edit_") === true) && (
            <MendButton act={connection.error.act} target={target} actions={actions} onError={setFailure} />
          )
        }
      />
      {failure && (
        <Alert tone="danger" title="That did not work" live>
          {failure}
        </Alert>
      )}
    </Suspense>
  );
}
