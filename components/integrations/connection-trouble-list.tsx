"use client";

import type { ReactNode } from "react";
import { When } from "@/components/health/trouble-words";
import { RelativeTime } from "@/components/patterns/relative-time";
import { sentence } from "@/components/patterns/sentence";
import { Alert } from "@/components/ui/alert";
import { adviceForConnecting, ASK_TO_RECONNECT, howNextTokenComes, type Trouble } from "@/lib/health/rules";
import type { ConnectionView } from "@/lib/integrations/schema";

export interface ConnectionTroubleListProps {
  connection: ConnectionView;
  expired: boolean;
  mayConnect: boolean;
  /** What ails it is the OAuth client's fault, which is told elsewhere. */
  waitsForClient?: boolean;
  /** The button that mends the connection's own trouble. */
  mend?: ReactNode;
}

/** What ails one connection: the last attempt to make it, its refresh, its expiry. */
export function ConnectionTroubleList(props: ConnectionTroubleListProps) {
  const { connection, expired, mayConnect, waitsForClient, mend } = props;
  const { error, connectError } = connection;
  return (
    <>
      {connectError && (
        <Alert tone="danger" title="The last attempt to connect failed">
          <p className="wrap-anywhere">
            {sentence(connectError.message)} Tried <RelativeTime value={connectError.at} />.
          </p>
          <p>
            {mayConnect ? mendUnlessSaid(connectError) : ASK_TO_RECONNECT}
            {connection.hasAccessToken && !expired && " Until then the tokens of before go on working."}
          </p>
        </Alert>
      )}
      {error && error.code !== connectError?.code && (
        <TroubleAlert
          trouble={error}
          tone={connection.status === "reconnect_required" ? "danger" : "warning"}
          action={mend}
        >
          {connection.hasAccessToken && !expired && connection.expiresAt && (
            <>
              {" "}
              The token of before is served until it expires, <RelativeTime value={connection.expiresAt} />.
            </>
          )}
        </TroubleAlert>
      )}
      {expired && connection.expiresAt && connection.status !== "reconnect_required" && (
        <Alert tone="danger" title="The access token has expired">
          It ended <RelativeTime value={connection.expiresAt} />, and scripts get no token since.
          {!error && !waitsForClient && ` ${howNextTokenComes(connection, mayConnect)}`}
        </Alert>
      )}
    </>
  );
}

export interface TroubleAlertProps {
  trouble: Trouble;
  tone: "danger" | "warning";
  action?: ReactNode;
  /** What else is to be said of it. */
  children?: ReactNode;
}

/** A trouble as a message: what happened, the service's own words, since when, the next try, and what to do or who can. */
export function TroubleAlert({ trouble, tone, action, children }: TroubleAlertProps) {
  const { what, quote, note, advice } = trouble;
  return (
    <Alert tone={tone} title={what} action={action}>
      {(quote ?? note) && <p className="wrap-anywhere">{quote ? <q>{quote}</q> : note && sentence(note)}</p>}
      <p>
        <When trouble={trouble} />
        {children}
      </p>
      {advice && <p>{advice}</p>}
    </Alert>
  );
}

/** Some messages end with what to do already, but none of them with what a Redirect URI needs. */
function mendUnlessSaid({ code, message }: { code: string; message: string }): string | null {
  const isSaid = /connect again/i.test(message) && !/redirect_uri/i.test(code);
  return isSaid ? null : adviceForConnecting(code, message);
}
