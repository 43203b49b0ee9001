import type { PoolClient } from "pg";
import { recordRefresh } from "@/lib/audit/record-refresh";
import type { Services } from "@/lib/auth/context";
import type { ResolvedClient } from "@/lib/connections/resolve-client";
import { seal, unseal } from "@/lib/crypto/seal";
import { inTransaction } from "@/lib/db/in-transaction";
import { revokeTokens } from "@/lib/oauth/revoke";
import type { TokenAnswer } from "@/lib/oauth/types";
import { insertActivity } from "./insert-activity";
import type { Claim } from "./claim-attempt";
import { announceChange } from "@/lib/db/notices";
import { dueAt, type RefreshReason } from "./rules";
import type { AttemptEnd } from "./run-attempt";
import { untilStored } from "./until-stored";

// No condition on the lease: a late answer may hold the only live refresh token. Times count from the database's clock,
// less what the exchange took, so that this machine's clock does not matter.
const STORE = `UPDATE "Connection" SET
    "accessToken" = $4, "refreshToken" = coalesce($5, "refreshToken"), "extra" = $6, "tokenType" = $7,
    "expiresAt" = clock_timestamp() + make_interval(secs => $8), "lastRefreshAt" = clock_timestamp() - make_interval(secs => $9),
    "refreshTokenExpiresAt" = coalesce(clock_timestamp() + make_interval(secs => $10), "refreshTokenExpiresAt"),
    "grantedScopes" = coalesce($11, "grantedScopes"), "tokenVersion" = $3, "status" = 'active',
    "errorCode" = NULL, "errorMessage" = NULL, "errorSince" = NULL, "failures" = 0, "nextTryAt" = NULL,
    "forbiddenUntil" = NULL, "attemptEndedAt" = clock_timestamp(), "updatedAt" = clock_timestamp(),
    "dueAt" = clock_timestamp() + make_interval(secs => $12),
    "leaseUntil" = CASE WHEN "attempt" = $3 THEN NULL ELSE "leaseUntil" END,
    "unanswered" = CASE WHEN "attempt" = $3 THEN NULL ELSE "unanswered" END
  WHERE "id" = $1 AND "grantId" = $2 AND "tokenVersion" < $3 AND "status" <> 'not_connected'
  RETURNING "id"`;

// It waits for no lock, as its transaction holds one already: whoever holds the client's row heals or blames it anew, and
// whoever holds another connection's is about to store how that one is.
const HEAL_CLIENT = `WITH client AS (
    SELECT "id" FROM "OAuthClient" WHERE "integrationId" = $1 AND "errorCode" IS NOT NULL FOR UPDATE SKIP LOCKED),
  healed AS (
    UPDATE "OAuthClient" o SET "errorCode" = NULL, "errorMessage" = NULL, "errorAt" = NULL, "probeAt" = NULL
    FROM client WHERE o."id" = client."id" RETURNING o."integrationId"),
  others AS (
    SELECT c."id" FROM "Connection" c JOIN healed ON healed."integrationId" = c."integrationId"
    WHERE c."status" = 'degraded' FOR UPDATE OF c SKIP LOCKED)
  UPDATE "Connection" c SET "nextTryAt" = NULL, "dueAt" = coalesce(c."dueAt", clock_timestamp())
  FROM others WHERE c."id" = others."id"`;

const FIND = `SELECT "status", "grantId" = $2 AND "tokenVersion" = $3 AS "isOurs" FROM "Connection" WHERE "id" = $1`;

/**
 * Stores a token answer in one transaction with its activity and audit entries. While the database cannot do it, it tries
 * again for as long as the process lives: the answer may hold the only refresh token that still works.
 */
export async function storeAnswer(
  services: Services,
  claim: Claim,
  reason: RefreshReason,
  client: ResolvedClient,
  answer: TokenAnswer,
): Promise<AttemptEnd> {
  const elapsedMs = performance.now() - claim.claimedAt;
  const values = columnsOf(services, claim, answer, elapsedMs);
  const stored = await untilStored(services.db.pool, () =>
    inTransaction(services.db.pool, async (transaction) => {
      const { rowCount } = await transaction.query({ name: "store-answer", text: STORE, values });
      if (rowCount === 0) return false;
      await noteSuccess(transaction, services, claim, reason, elapsedMs);
      return true;
    }),
  );
  const now = stored ? null : await untilStored(services.db.pool, () => findConnection(services, claim));
  if (stored || now?.isOurs) {
    await announceChange(services.db.pool, claim.row.id);
    return { ok: true, version: claim.attempt };
  }
  // Disconnected or deleted while the answer was under way, rather than connected anew.
  const isForgotten = now === undefined || now?.status === "not_connected";
  if (isForgotten) await revokeTokens(client.settings, answer, { fetch: services.fetch });
  return {
    ok: false,
    status: "superseded",
    code: "connection_changed",
    message: "The connection changed meanwhile.",
  };
}

function columnsOf(services: Services, claim: Claim, answer: TokenAnswer, elapsedMs: number): unknown[] {
  const { row, attempt } = claim;
  const sealed = (field: string, plain: string) =>
    seal(services.keyring, { table: "Connection", id: row.id, field }, plain);
  const elapsed = elapsedMs / 1_000;
  const secondsLeft = (seconds: number | null) => (seconds === null ? null : seconds - elapsed);
  const { refreshMarginSeconds, refreshIntervalSeconds } = row.source.integration.oauthClient;
  const issuedAt = new Date(0);
  const due = dueAt({
    issuedAt,
    expiresAt: answer.expiresInSeconds === null ? null : new Date(answer.expiresInSeconds * 1_000),
    marginSeconds: refreshMarginSeconds,
    intervalSeconds: refreshIntervalSeconds,
  });
  return [
    row.id,
    row.grantId,
    attempt,
    sealed("accessToken", answer.accessToken),
    answer.refreshToken === null ? null : sealed("refreshToken", answer.refreshToken),
    sealed("extra", JSON.stringify({ ...openExtra(services, claim), ...answer.extra })),
    answer.tokenType,
    secondsLeft(answer.expiresInSeconds),
    elapsed,
    secondsLeft(answer.refreshTokenExpiresInSeconds),
    answer.grantedScopes,
    due === null ? null : due.getTime() / 1_000 - elapsed,
  ];
}

/** What the service said once and does not repeat stays (Zoho's `api_domain`); what cannot be read is no reason to lose tokens. */
function openExtra(services: Services, { row }: Claim): Record<string, unknown> {
  if (row.extra === null) return {};
  const place = { table: "Connection", id: row.id, field: "extra" };
  try {
    return JSON.parse(unseal(services.keyring, place, row.extra)) as Record<string, unknown>;
  } catch {
    return {};
  }
}

async function noteSuccess(
  transaction: PoolClient,
  services: Services,
  { row, attempt }: Claim,
  reason: RefreshReason,
  durationMs: number,
): Promise<void> {
  await insertActivity(transaction, { row, attempt, reason, outcome: "success", durationMs });
  await recordRefresh(transaction, { ...row, now: services.now(), reason, outcome: "success" });
  await transaction.query({ name: "heal-client", text: HEAL_CLIENT, values: [row.integrationId] });
}

/** The row, where the answer found none to be stored in: `isOurs` where an earlier write did succeed, unbeknown to us. */
async function findConnection(
  services: Services,
  { row, attempt }: Claim,
): Promise<{ status: string; isOurs: boolean } | undefined> {
  const { rows } = await services.db.pool.query<{ status: string; isOurs: boolean }>(FIND, [
    row.id,
    row.grantId,
    attempt,
  ]);
  return rows[0];
}
