"use client";

import { lazy, Suspense, useState } from "react";
import { ConnectionTroubles } from "@/components/integrations/connection-alerts";
import { ConnectionFactList } from "@/components/integrations/connection-card";
import { useConnect } from "@/components/integrations/connect-button";
import { connectionFacts } from "@/components/integrations/connection-facts";
import { HeldGrant } from "@/components/integrations/held-grant-panel";
import type { TestOutcome } from "@/components/integrations/integration-actions";
import { useIntegrationScreen, type useConnectionActs } from "@/components/integrations/integration-context";
import { isRefreshable, useRefreshToken } from "@/components/integrations/use-refresh-token";
import { afterDisconnect, withoutOwn } from "@/components/mappings/serving-words";
import { mismatchInWords } from "@/components/mappings/source-words";
import { useNow } from "@/components/patterns/clock";
import { RelativeTime } from "@/components/patterns/relative-time";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { OpenedOnce } from "@/components/ui/opened-once";
import type { MappingView } from "@/lib/mappings/schema";

const TestOutcomeCard = lazy(async () => ({
  default: (await import("@/components/integrations/test-outcome-card")).TestOutcomeCard,
}));
const DisconnectOwnDialog = lazy(async () => ({
  default: (await import("@/components/mappings/disconnect-own-dialog")).DisconnectOwnDialog,
}));

export interface OwnConnectionCardProps {
  mapping: MappingView;
  acts: ReturnType<typeof useConnectionActs>;
}

/** The connection that is this organization's alone, and what it uses while it has none. */
export function OwnConnectionCard({ mapping, acts }: OwnConnectionCardProps) {
  const { view, actions, gone } = useIntegrationScreen();
  const { id = "", name = "" } = mapping.effective.organization ?? {};
  const { connection } = mapping;
  const now = useNow();
  const facts = connectionFacts(mapping, now);
  const connect = useConnect({ id: view.id, name, organizationId: id }, actions.connect);
  const { lastRefreshAt } = mapping.derived ?? connection ?? {};
  const whose = { integrationId: view.id, organizationId: id, name, lastRefreshAt };
  const refresh = useRefreshToken(whose, actions.refresh, acts);
  const [outcome, setOutcome] = useState<TestOutcome | null>(null);
  const [asked, setAsked] = useState(false);
  if (!connection || !facts) return null;

  const isConnected = connection.status !== "not_connected";
  const { entityId } = mapping.effective;
  const hasOwnTokenUrl = mapping.effective.oauth?.hasOwnTokenUrl === true;
  const fallback = withoutOwn(view, id, { ownEntityId: entityId, hasOwnTokenUrl });
  const instead = fallback && (connection.disconnectedAt ? afterDisconnect(fallback) : fallback.words);
  const derived = mapping.derived;
  const mismatch = mapping.effective.oauth && mismatchInWords(mapping.effective.oauth, entityId);
  const failure = connect.error
    ? { title: "Connecting did not start", message: connect.error }
    : acts.failure;

  async function test() {
    setOutcome(null);
    const done = await acts.run("test", () => actions.test(view.id, id));
    setOutcome(done && done.value);
  }
  return (
    <>
      <HeldGrant
        connection={connection}
        mayConnect={mapping.can.connect}
        acts={acts}
        accept={() => actions.acceptAccount(view.id, id)}
        keep={() => actions.keepAccount(view.id, id)}
      />
      <ConnectionTroubles
        connection={derived ?? connection}
        expired={facts.expired && isConnected}
        mayConnect={mapping.can.connect}
        organization={{ id, name }}
      />
      {failure && (
        <Alert tone="danger" title={failure.title} live>
          {failure.message}
        </Alert>
      )}
      <Card title="Own connection">
        <div className="flex flex-col gap-3">
          {facts.waiting && connection.waitingUntil && (
            <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
              <span>
                A consent is waited for until <RelativeTime value={connection.waitingUntil} />. This page
                changes by itself when it comes.
              </span>
              {mapping.can.connect && (
                <Button
                  size="sm"
                  pending={acts.running === "cancel"}
                  onClick={() => void acts.run("cancel", () => actions.cancelConsent(view.id, id))}
                >
                  Stop waiting
                </Button>
              )}
            </p>
          )}
          {isConnected ? (
            <ConnectionFactList
              narrow
              connection={connection}
              interactive={view.oauth?.flowType === "authorization_code"}
              expired={facts.expired}
            />
          ) : (
            <p>
              None. {name} {instead}.
            </p>
          )}
          {derived && (
            <ConnectionFactList
              narrow
              connection={derived}
              interactive={false}
              expired={connectionFacts({ connection: derived }, now)?.expired === true}
            />
          )}
          {mismatch && (
            <Alert tone="warning" title="Another entity's token">
              {mismatch}
            </Alert>
          )}
          {!mapping.mapping && <p className="text-muted">Save the mapping first, then connect it.</p>}
          {mapping.mapping && !gone && (
            <div className="flex flex-wrap gap-2">
              {mapping.can.connect && (
                <Button
                  aria-label={`${facts.verb} ${name}`}
                  pending={connect.pending}
                  onClick={connect.start}
                >
                  {facts.verb}
                </Button>
              )}
              {mapping.can.connect &&
                (derived ? mapping.can.refreshDerived : isRefreshable(connection, view.oauth?.flowType)) && (
                  <Button
                    aria-label={`Refresh token ${name}`}
                    pending={refresh.pending}
                    onClick={refresh.run}
                  >
                    Refresh token
                  </Button>
                )}
              {mapping.can.test && (derived ?? connection).hasAccessToken && (
                <Button
                  aria-label={`Test connection of ${name}`}
                  pending={acts.running === "test"}
                  onClick={() => void test()}
                >
                  Test connection
                </Button>
              )}
              {mapping.can.connect && isConnected && (
                <Button variant="danger" aria-label={`Disconnect ${name}`} onClick={() => setAsked(true)}>
                  Disconnect
                </Button>
              )}
            </div>
          )}
          {!mapping.can.connect && mapping.mapping && (
            <p className="text-sm text-muted">Ask a platform admin or a technician to connect {name}.</p>
          )}
        </div>
      </Card>
      {outcome && (
        <Suspense>
          <TestOutcomeCard outcome={outcome} testUrl={view.testUrl} dismiss={() => setOutcome(null)} />
        </Suspense>
      )}
      <OpenedOnce open={asked}>
        <DisconnectOwnDialog
          open={asked}
          organization={{ id, name }}
          entityId={entityId}
          hasOwnTokenUrl={hasOwnTokenUrl}
          acts={acts}
          onClose={() => setAsked(false)}
        />
      </OpenedOnce>
    </>
  );
}
