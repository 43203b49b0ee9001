import { recordAudit } from "@/lib/audit/record-audit";
import { isProviderContext } from "@/lib/auth/actor";
import type { Ctx } from "@/lib/auth/context";
import { auditTarget, loadTarget, requireOAuth, type OAuthTarget } from "@/lib/connections/load-target";
import { AppError } from "@/lib/errors";
import { refreshConnection, type RefreshEnd } from "./refresh-connection";

/** How long a person waits; the attempt goes on, and the page shows by itself what comes of it. */
const BUTTON_WAITS_MS = 20_000;

/**
 * Refreshes an integration's default connection, or an organization's own, because a person pressed the button.
 * @throws AppError those of loading the connection; `permission_denied` for a managed organization's derived token; `not_connected`, `reconnect_required`, `connection_changed`;
 * `service_unavailable` where it failed for a passing reason or may not be tried yet
 */
export async function refreshToken(ctx: Ctx, raw: unknown): Promise<void> {
  const target = await loadTarget(ctx, raw, "connections.connect");
  requireOAuth(target);
  if (!target.connection || target.connection.status === "not_connected") {
    throw new AppError("not_connected", "There is no token to refresh. Connect first.");
  }
  requireOwnGrant(ctx, target.connection);
  await recordPress(ctx, target, target.connection);
  const end = await refreshConnection(ctx, {
    connectionId: target.connection.id,
    reason: "button",
    waitMs: BUTTON_WAITS_MS,
  });
  if (!end.ok) throw refusalOf(end);
}

/** A derived token is made with the default consent, which serves others too: a managed organization cannot force that. */
function requireOwnGrant(ctx: Ctx, { kind }: { kind: string }): void {
  if (kind !== "derived" || isProviderContext(ctx.actor)) return;
  throw new AppError(
    "permission_denied",
    "This organization has no connection of its own, and may not refresh what it gets from the default consent, which serves others too.",
  );
}

/** Who pressed is in the audit log at once; what came of it the engine adds, whoever's attempt it was. */
async function recordPress(
  ctx: Ctx,
  target: OAuthTarget,
  { id, kind }: { id: string; kind: string },
): Promise<void> {
  await ctx.db.prisma.$transaction(async (tx) => {
    // A tenant's refusal may be mended in that tenant, without another consent: who did so has it tried again.
    if (kind === "derived") {
      await tx.$executeRaw`UPDATE "Connection" SET "status" = 'degraded', "dueAt" = clock_timestamp(), "nextTryAt" = NULL
        WHERE "id" = ${id}::uuid AND "status" = 'reconnect_required' AND "errorCode" IS DISTINCT FROM 'origin_changed'`;
    }
    await recordAudit(tx, ctx.actor, ctx.now(), {
      action: "connection.refresh_started",
      ...auditTarget(target),
    });
  });
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
  const { retryInSeconds: seconds } = end;
  const words = end.code === "refresh_in_progress" ? "The token was refreshed a moment ago." : end.message;
  return new AppError("service_unavailable", `${words} It may be asked again ${inWords(seconds)}.`, {
    retryAfterSeconds: seconds,
  });
}

function inWords(seconds: number): string {
  return seconds < 90 ? `in ${seconds} s` : `in ${Math.ceil(seconds / 60)} min`;
}
