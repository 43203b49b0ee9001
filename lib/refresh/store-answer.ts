import { setTimeout as sleep } from "node:timers/promises";
import type { PoolClient } from "pg";
import { recordRefresh } from "@/lib/audit/record-refresh";
import type { Services } from "@/lib/auth/context";
import type { ResolvedClient } from "@/lib/connections/resolve-client";
import { seal, unseal } from "@/lib/crypto/seal";
import { inTransaction } from "@/lib/db/in-transaction";
import { isDatabaseUnavailable } from "@/lib/db/unavailable";
import { revokeTokens } from "@/lib/oauth/revoke";
import type { TokenAnswer } from "@/lib/oauth/types";
import { insertActivity } from "./insert-activity";
import type { Claim } from "./claim-attempt";
import { announceChange } from "@/lib/db/notices";
import { dueAt, type RefreshReason } from "./rules";
import type { AttemptEnd } from "./run-attempt";

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

const HEAL_CLIENT = `WITH healed AS (
    UPDATE "OAuthClient" SET "errorCode" = NULL, "errorMessage" = NULL, "errorAt" = NULL, "probeAt" = NULL
    WHERE "integrationId" = $1 AND "errorCode" IS NOT NULL RETURNING "integrationId")
  UPDATE "Connection" c SET "nextTryAt" = NULL, "dueAt" = coalesce(c."dueAt", clock_timestamp()) FROM healed
  WHERE c."integrationId" = healed."integrationId" AND c."status" = 'degraded'`;

/**
 * Stores a token answer in one transaction with its activity and audit entries. While the database does not answer it
 * tries again for as long as the process lives: the answer may hold the only refresh token that still works.
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
  const stored = await untilStored(() =>
    inTransaction(services.db.pool, async (transaction) => {
      const { rowCount } = await transaction.query({ name: "store-answer", text: STORE, values });
      if (rowCount === 0) return false;
      await noteSuccess(transaction, services, claim, reason, elapsedMs);
      return true;
    }),
  );
  if (stored) {
    await announceChange(services.db.pool, claim.row.id);
    return { ok: true, version: claim.attempt };
  }
  if (await isForgotten(services, claim))
    await revokeTokens(client.settings, answer, { fetch: services.fetch });
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

/** What the service said once and does not repeat stays (Zoho's `api_domain`). */
function openExtra(services: Services, { row }: Claim): Record<string, unknown> {
  if (row.extra === null) return {};
  const place = { table: "Connection", id: row.id, field: "extra" };
  return JSON.parse(unseal(services.keyring, place, row.extra)) as Record<string, unknown>;
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

async function untilStored(write: () => Promise<boolean>): Promise<boolean> {
  for (let pauseMs = 100; ; pauseMs = Math.min(pauseMs * 2, 5_000)) {
    try {
      return await write();
    } catch (error) {
      if (!isDatabaseUnavailable(error)) throw error;
      await sleep(pauseMs);
    }
  }
}

/** Disconnected or deleted while the answer was under way, rather than connected anew. */
async function isForgotten(services: Services, { row }: Claim): Promise<boolean> {
  const { rows } = await services.db.pool.query<{ status: string }>(
    `SELECT "status" FROM "Connection" WHERE "id" = $1`,
    [row.id],
  );
  return rows[0] === undefined || rows[0].status === "not_connected";
}
