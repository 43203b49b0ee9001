"use client";

import { accountInWords, connectionFacts } from "@/components/integrations/connection-facts";
import { useIntegrationScreen } from "@/components/integrations/integration-context";
import { ScopeList } from "@/components/integrations/scope-list";
import { isRefreshable, useRefreshToken } from "@/components/integrations/use-refresh-token";
import { useNow } from "@/components/patterns/clock";
import { DefinitionList } from "@/components/patterns/definition-list";
import { RelativeTime } from "@/components/patterns/relative-time";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import type { ConnectionView, IntegrationView } from "@/lib/integrations/schema";

/** What the default connection is: whose account, since when, what it may do, how long. */
export function ConnectionCard() {
  const { view, gone, actions, connection: acts } = useIntegrationScreen();
  const { lastRefreshAt } = view.connection ?? {};
  const whose = { integrationId: view.id, name: view.name, lastRefreshAt };
  const refresh = useRefreshToken(whose, actions.refresh, acts);
  const facts = connectionFacts(view, useNow());
  const { connection } = view;
  if (!connection || !facts) return null;
  const waiting = facts.waiting && connection.waitingUntil && (
    <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
      <span>
        A consent is waited for. This page changes by itself when it comes; the attempt ends{" "}
        <RelativeTime value={connection.waitingUntil} />.
      </span>
      {view.can.connect && (
        <Button
          size="sm"
          pending={acts.running === "cancel"}
          onClick={() => void acts.run("cancel", () => actions.cancelConsent(view.id))}
        >
          Stop waiting
        </Button>
      )}
    </p>
  );
  return (
    <Card
      title="Connection"
      actions={
        view.can.connect &&
        !gone &&
        // Where a refresh failed, the button stands beside the words.
        connection.error?.act !== "refresh" &&
        isRefreshable(connection, view.oauth?.flowType) && (
          <Button size="sm" pending={refresh.pending} onClick={refresh.run}>
            Refresh token
          </Button>
        )
      }
    >
      <div className="flex flex-col gap-3">
        {waiting}
        {connection.status === "not_connected" ? (
          !waiting && <p className="text-muted">{howToConnect(view)}</p>
        ) : (
          <ConnectionFactList
            connection={connection}
            interactive={view.oauth?.flowType === "authorization_code"}
            expired={facts.expired}
          />
        )}
      </div>
    </Card>
  );
}

function howToConnect(view: IntegrationView): string {
  if (!view.can.connect) return "Not connected yet. Ask a platform admin or a technician to connect it.";
  return view.oauth?.flowType === "client_credentials"
    ? "Not connected yet. Connect fetches a token with the Client ID and Client Secret; nobody has to sign in."
    : "Not connected yet. Register the Redirect URI at the service, then choose Connect: you sign in there, consent, and come back.";
}

export interface ConnectionFactListProps {
  connection: ConnectionView;
  /** Somebody consented, so there is an account to speak of. */
  interactive: boolean;
  expired: boolean;
  /** In a narrow column. */
  narrow?: boolean;
}

/** Whose account a connection is, since when, what it may do, how long. */
export function ConnectionFactList(props: ConnectionFactListProps) {
  return (
    <DefinitionList
      items={factsOf(props)}
      className={props.narrow ? "sm:grid-cols-[6.5rem_minmax(0,1fr)]!" : undefined}
    />
  );
}

function factsOf({ connection, interactive, expired }: ConnectionFactListProps) {
  const { account, connectedAt, expiresAt, refreshTokenExpiresAt } = connection;
  return [
    {
      term: "Account",
      value: accountInWords(account) ? (
        <span className="font-medium">Connected as {accountInWords(account)}</span>
      ) : (
        interactive && <span className="text-muted">The service does not say whose account it is.</span>
      ),
    },
    {
      term: "Connected",
      value: connectedAt && (
        <>
          <RelativeTime value={connectedAt} />
          {connection.connectedBy && ` by ${connection.connectedBy}`}
        </>
      ),
    },
    {
      term: "Access token",
      value: expiresAt ? (
        <>
          {expired ? "expired " : "expires "}
          <RelativeTime value={expiresAt} />
        </>
      ) : (
        connection.hasAccessToken && "The service does not say when it expires."
      ),
    },
    {
      term: "Refresh token",
      value: connection.refreshHeldUntil ? (
        <>
          may be spent, as an answer was lost: it is tried once the access token, which still works, has
          expired, <RelativeTime value={connection.refreshHeldUntil} />
        </>
      ) : connection.hasRefreshToken ? (
        refreshTokenExpiresAt ? (
          <>
            expires <RelativeTime value={refreshTokenExpiresAt} />
          </>
        ) : (
          "stored"
        )
      ) : (
        interactive && "none: when the access token ends, somebody has to reconnect"
      ),
    },
    {
      term: "Last refresh",
      value: connection.lastRefreshAt && <RelativeTime value={connection.lastRefreshAt} />,
    },
    {
      term: "Next refresh",
      value: connection.nextRefreshAt && <RelativeTime value={connection.nextRefreshAt} />,
    },
    {
      term: "OAuth scopes",
      value: <ScopeList requested={connection.requestedScopes} granted={connection.grantedScopes} />,
    },
    {
      term: "Entity ID",
      value: connection.entityId && <code className="font-mono">{connection.entityId}</code>,
    },
  ];
}
