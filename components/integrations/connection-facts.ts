import type { AccountView, ConnectionView } from "@/lib/integrations/schema";

export interface ConnectionFacts {
  /** A token is stored and its time is over. */
  expired: boolean;
  /** Somebody has to act before scripts get a token. */
  needsConnect: boolean;
  verb: "Connect" | "Reconnect";
  waiting: boolean;
}

/** What follows from a connection for the buttons of its page; `nowMs` null while the browser's clock is not known yet. */
export function connectionFacts(
  { connection }: { connection: ConnectionView | null },
  nowMs: number | null,
): ConnectionFacts | null {
  if (!connection) return null;
  const isOver = (time: string | null) => time !== null && nowMs !== null && Date.parse(time) <= nowMs;
  const expired = connection.hasAccessToken && isOver(connection.expiresAt);
  const unconnected = connection.status === "not_connected";
  const isRenewable = connection.hasRefreshToken || connection.comesByItself;
  return {
    expired,
    needsConnect: unconnected || connection.status === "reconnect_required" || (expired && !isRenewable),
    verb: unconnected ? "Connect" : "Reconnect",
    waiting: connection.waitingUntil !== null && !isOver(connection.waitingUntil),
  };
}

/** "ada@contoso.example · tenant contoso", as far as the service said. */
export function accountInWords(account: AccountView | null): string | null {
  if (!account) return null;
  const who = account.label ?? account.subject;
  const parts = [who, account.tenant && `tenant ${account.tenant}`].filter(Boolean);
  return parts.length > 0 ? parts.join(" · ") : null;
}
