"use client";

import { RelativeTime } from "@/components/patterns/relative-time";
import { Alert } from "@/components/ui/alert";
import type { ConnectionView } from "@/lib/integrations/schema";

export interface ConnectionTroubleListProps {
  connection: ConnectionView;
  expired: boolean;
  mayConnect: boolean;
}

/** What ails one connection: the last attempt to make it, its refresh, its expiry. */
export function ConnectionTroubleList({ connection, expired, mayConnect }: ConnectionTroubleListProps) {
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
