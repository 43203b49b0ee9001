import { actorOrganizationId, isProviderContext } from "@/lib/auth/actor";
import type { Ctx } from "@/lib/auth/context";
import { AppError } from "@/lib/errors";
import {
  getIntegrationData,
  type IntegrationData,
  type OAuthCredentials,
} from "@/lib/integrations/get-integration-data";
import { provideToken } from "./provide-tokens";
import { refreshConnection, type RefreshEnd, secondsUntilForced } from "./refresh-connection";

export interface ForceRefreshInput {
  name: string;
  scope?: string | undefined;
  /** The connection that the caller's token came from; another one serving now is a `connection_changed`. */
  connectionId?: string | undefined;
  /** The version of the caller's token; where a newer one is stored, that is given and nothing is sent. */
  ifVersion?: number | undefined;
}

const FORCED_WAITS_MS = 60_000;

/**
 * Refreshes the connection that serves a scope, now, and gives what is stored then.
 * @throws AppError those of a read; `permission_denied` for a key without `credentials:read` or a managed organization
 * that only borrows the default connection; `not_connected`, `reconnect_required`, `connection_changed`;
 * `service_unavailable` with a time to try again
 */
export async function forceRefresh(ctx: Ctx, input: ForceRefreshInput): Promise<OAuthCredentials> {
  const { name, scope, connectionId, ifVersion } = input;
  requireCredentialsRead(ctx);
  const before = await readProvided(ctx, name, scope);
  const { oauth } = before;
  if (!oauth.connectionId || oauth.status === "not_connected") {
    throw new AppError("not_connected", oauth.error?.message ?? "Nobody has connected this integration yet.");
  }
  if (connectionId !== undefined && connectionId.toLowerCase() !== oauth.connectionId)
    throw connectionChanged();
  await requireOwnGrant(ctx, before);
  const end = await refreshConnection(ctx, {
    connectionId: oauth.connectionId,
    reason: "sdk",
    ifVersion,
    waitMs: FORCED_WAITS_MS,
  });
  if (!end.ok) throw failure(end, await secondsUntilRetry(ctx, end, oauth.connectionId));
  const after = await read(ctx, name, scope);
  if (after.oauth.connectionId !== oauth.connectionId) throw connectionChanged();
  return after.oauth;
}

function requireCredentialsRead({ actor }: Ctx): void {
  if (actor.type !== "api_key" || actor.permissions.includes("credentials:read")) return;
  throw new AppError(
    "permission_denied",
    "This API key may not force a refresh. Use a key with the permission credentials:read.",
  );
}

/** A token that comes by itself may not have been asked for yet. */
async function readProvided(ctx: Ctx, name: string, scope: string | undefined) {
  const data = await read(ctx, name, scope);
  const { need, mappingId } = data.oauth;
  const isMissing = need === "missing" && mappingId !== null;
  return isMissing && (await provideToken(ctx, mappingId)) !== null ? read(ctx, name, scope) : data;
}

async function read(
  ctx: Ctx,
  name: string,
  scope: string | undefined,
): Promise<IntegrationData & { oauth: OAuthCredentials }> {
  const data = await getIntegrationData(ctx, { name, scope });
  if (!data) throw new AppError("integration_not_found", `There is no integration "${name}" for this scope.`);
  if (!data.oauth)
    throw new AppError("not_connected", "This integration has no OAuth, so there is nothing to refresh.");
  return { ...data, oauth: data.oauth };
}

/** A managed organization forces only what it owns: the default connection serves others too. */
async function requireOwnGrant(
  ctx: Ctx,
  { integrationId, oauth }: { integrationId: string; oauth: OAuthCredentials },
) {
  if (isProviderContext(ctx.actor) || oauth.source === "organization") return;
  const { rows } = await ctx.db.pool.query<{ organizationId: string | null }>(
    `SELECT "organizationId" FROM "Integration" WHERE "id" = $1`,
    [integrationId],
  );
  const owner = rows[0]?.organizationId ?? null;
  if (owner !== null && owner === actorOrganizationId(ctx.actor)) return;
  throw new AppError(
    "permission_denied",
    "This organization has no connection of its own, and may not refresh the default one, which serves others too.",
  );
}

function connectionChanged(): AppError {
  return new AppError(
    "connection_changed",
    "Another connection serves this scope now. Read the integration again and use what it gives.",
  );
}

type Refusal = Extract<RefreshEnd, { ok: false }>;

const MOST_SECONDS = 3_600;

/** By the database's clock alone, as this process's may be wrong. */
async function secondsUntilRetry({ db }: Ctx, end: Refusal, connectionId: string): Promise<number> {
  if (end.why === "refused") return 60;
  // After a failure at least as long as the schedule waits, and as the service asks.
  const seconds =
    end.why === "failed" ? Math.max(15, await secondsUntilForced(db.pool, connectionId)) : end.retryInSeconds;
  return Math.min(seconds, MOST_SECONDS);
}

function failure(end: Refusal, retryInSeconds: number): AppError {
  if (end.code === "connection_changed") return connectionChanged();
  if (end.why === "refused" && end.code !== "refresh_paused")
    return new AppError(end.code === "not_connected" ? "not_connected" : "reconnect_required", end.message);
  if (end.why === "failed" && end.status === "reconnect_required")
    return new AppError("reconnect_required", end.message);
  return new AppError("service_unavailable", end.message, { retryAfterSeconds: retryInSeconds });
}
