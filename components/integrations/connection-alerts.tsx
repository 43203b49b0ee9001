"use client";

import { configLabel } from "@/components/integrations/config-label";
import { connectionFacts } from "@/components/integrations/connection-facts";
import { useIntegrationScreen } from "@/components/integrations/integration-context";
import { useNow } from "@/components/patterns/clock";
import { RelativeTime } from "@/components/patterns/relative-time";
import { Alert } from "@/components/ui/alert";
import { ButtonLink } from "@/components/ui/button-link";
import type { ConnectionView } from "@/lib/integrations/schema";

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

export interface ConnectionTroublesProps {
  connection: ConnectionView;
  expired: boolean;
  mayConnect: boolean;
}

/** What ails one connection: the last attempt to make it, its refresh, its expiry. */
export function ConnectionTroubles({ connection, expired, mayConnect }: ConnectionTroublesProps) {
  const { error, connectError } = connection;
  return (
    <>
      {connectError && (
        <Alert tone="danger" title="The last attempt to connect failed">
          <p className="wrap-anywhere">
            {sentence(connectError.message)} Tried <RelativeTime value={connectError.at} />.
          </p>
          <p>
            {mayConnect ? mendUnlessSaid(connectError) : ASK}
            {connection.hasAccessToken && !expired && " Until then the tokens of before go on working."}
          </p>
        </Alert>
      )}
      {error && error.code !== connectError?.code && (
        <Alert
          tone={connection.status === "reconnect_required" ? "danger" : "warning"}
          title={
            connection.status === "reconnect_required"
              ? "Only a new consent can mend this connection"
              : "The last refresh failed; it is tried again by itself"
          }
        >
          <p className="wrap-anywhere">
            {sentence(error.message)}
            {error.since && (
              <>
                {" "}
                Since <RelativeTime value={error.since} />.
              </>
            )}
          </p>
          <p>{mayConnect ? mendOf(connection.status, error.code) : ASK}</p>
        </Alert>
      )}
      {expired && connection.expiresAt && connection.status !== "reconnect_required" && (
        <Alert tone="danger" title="The access token has expired">
          It ended <RelativeTime value={connection.expiresAt} />, and scripts get no token since. Choose
          Reconnect to get a new one.
        </Alert>
      )}
    </>
  );
}

function sentence(words: string): string {
  return /[.!?…”]$/.test(words.trim()) ? words : `${words}.`;
}

/** Some messages end with what to do already. */
function mendUnlessSaid({ code, message }: { code: string; message: string }): string | null {
  return /connect again/i.test(message) ? null : mendFor(code);
}

const ASK = "Ask a platform admin or a technician to reconnect.";

function mendOf(status: string, code: string): string {
  return status === "reconnect_required" ? "Choose Reconnect and consent again." : mendFor(code);
}

/** What to do about a failure, by its code; the message before it says what happened and why. */
function mendFor(code: string): string {
  switch (code) {
    case "access_denied":
    case "consent_required":
    case "interaction_required":
    case "login_required":
      return "Choose Connect again and allow the access, or have it allowed by an admin of the service.";
    case "invalid_client":
    case "unauthorized_client":
      return "Compare Client ID and Client Secret with the service's, save, and connect again.";
    case "invalid_scope":
      return "Compare Scopes with what the service offers this client, save, and connect again.";
    case "invalid_grant":
      return "Compare the Redirect URI registered at the service with the one above, then connect again.";
    default:
      return "Check the URLs and the Client ID below, then connect again.";
  }
}
