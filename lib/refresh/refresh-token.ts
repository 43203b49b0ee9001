import type { Ctx } from "@/lib/auth/context";
import { loadTarget, requireOAuth } from "@/lib/connections/load-target";
import { AppError } from "@/lib/errors";
import { refreshConnection, type RefreshEnd } from "./refresh-connection";

/** How long a person waits; the attempt goes on, and the page shows by itself what comes of it. */
const BUTTON_WAITS_MS = 20_000;

/**
 * Refreshes an integration's default connection, or an organization's own, because a person pressed the button.
 * @throws AppError those of loading the connection; `not_connected`, `reconnect_required`, `connection_changed`;
 * `service_unavailable` where it failed for a passing reason or may not be tried yet
 */
export async function refreshToken(ctx: Ctx, raw: unknown): Promise<void> {
  const target = await loadTarget(ctx, raw, "connections.connect");
  requireOAuth(target);
  if (!target.connection || target.connection.status === "not_connected") {
    throw new AppError("not_connected", "There is no token to refresh. Connect first.");
  }
  if (target.connection.kind === "derived") await reopenDerived(ctx, target.connection.id);
  const end = await refreshConnection(ctx, {
    connectionId: target.connection.id,
    reason: "button",
    waitMs: BUTTON_WAITS_MS,
  });
  if (!end.ok) throw refusalOf(end);
}

/**
 * A tenant's refusal may be mended in that tenant, without another consent: the person who did so has it tried again.
 */
async function reopenDerived({ db }: Ctx, id: string): Promise<void> {
  await db.pool.query(
    `UPDATE "Connection" SET "status" = 'degraded', "dueAt" = clock_timestamp(), "nextTryAt" = NULL
      WHERE "id" = $1 AND "kind" = 'derived' AND "status" = 'reconnect_required'`,
    [id],
  );
}

function refusalOf(end: Extract<RefreshEnd, { ok: false }>): AppError {
  if (end.code === "connection_changed") {
    return new AppError("connection_changed", "Somebody connected anew meanwhile; that token is in use now.");
  }
  if (end.why === "refused") {
    const code = end.code === "not_connected" ? "not_connected" : "reconnect_required";
    return new AppError(end.code === "refresh_paused" ? "service_unavailable" : code, end.message);
  }
  if (end.why === "failed") {
    const needsPerson = end.status === "reconnect_required";
    return new AppError(needsPerson ? "reconnect_required" : "service_unavailable", end.message);
  }
  if (end.why === "busy") {
    return new AppError(
      "service_unavailable",
      "A refresh is still under way. This page shows by itself what comes of it.",
    );
  }
  const seconds = Math.max(1, Math.ceil((end.retryAt.getTime() - Date.now()) / 1_000));
  const words = end.code === "refresh_in_progress" ? "The token was refreshed a moment ago." : end.message;
  return new AppError("service_unavailable", `${words} It may be asked again ${inWords(seconds)}.`, {
    retryAfterSeconds: seconds,
  });
}

function inWords(seconds: number): string {
  return seconds < 90 ? `in ${seconds} s` : `in ${Math.ceil(seconds / 60)} min`;
}
