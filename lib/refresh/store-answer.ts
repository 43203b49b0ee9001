import type { Services } from "@/lib/auth/context";
import { idleLimitSecondsOf, type ResolvedClient } from "@/lib/connections/resolve-client";
import { seal, unseal } from "@/lib/crypto/seal";
import { inTransaction } from "@/lib/db/in-transaction";
import { revokeTokens } from "@/lib/oauth/revoke";
import type { TokenAnswer } from "@/lib/oauth/types";
import type { Claim } from "./claim-attempt";
import { announceChange } from "@/lib/db/notices";
import { insertActivity } from "./insert-activity";
import { observeAttempt } from "./observe-refresh";
import type { RefreshRow } from "./queries";
import { planRefresh, type RefreshPlan, type RefreshReason, shorterOf } from "./rules";
import type { AttemptEnd } from "./run-attempt";
import { type StorableAnswer, storeOne, storeTogether } from "./store-answers";
import { untilStored } from "./until-stored";

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
  const { pool } = services.db;
  const storable = toStorable(services, claim, reason, answer);
  const stored =
    (await storeTogether(pool, storable)) ||
    (await untilStored(pool, () => inTransaction(pool, (transaction) => storeOne(transaction, storable))));
  const now = stored ? null : await untilStored(pool, () => findConnection(services, claim));
  const isStored = stored || now?.isOurs === true;
  const { durationMs } = storable;
  observeAttempt({ reason, outcome: isStored ? "success" : "superseded", durationMs });
  if (isStored) {
    // Not waited for: whoever misses the notice looks again within a second.
    void announceChange(pool, claim.row.id);
    return { ok: true, version: claim.attempt };
  }
  const { row, attempt } = claim;
  await untilStored(pool, () =>
    insertActivity(pool, { row, attempt, reason, outcome: "superseded", durationMs }),
  );
  // Disconnected or deleted while the answer was under way, rather than connected anew.
  const isForgotten = now === undefined || now?.status === "not_connected";
  if (isForgotten && (await isConsentOver(services, claim)))
    await revokeTokens(client.settings, answer, { fetch: services.fetch });
  return {
    ok: false,
    status: "superseded",
    code: "connection_changed",
    message: "The connection changed meanwhile.",
  };
}

function toStorable(
  services: Services,
  claim: Claim,
  reason: RefreshReason,
  answer: TokenAnswer,
): StorableAnswer {
  const { row } = claim;
  const sealed = (field: string, plain: string) =>
    seal(services.keyring, { table: "Connection", id: row.id, field }, plain);
  const { expiresInSeconds } = answer;
  const { isDerived } = row.facts;
  // A successor that came to an organization's own URL has the power of the default's own, which stays in one place.
  const refreshToken = isDerived ? null : answer.refreshToken;
  const { dueAt, sleepingDueAt } = planAfter(row, answer);
  const extra = mergeExtra(services, claim, answer.extra);
  return {
    claim,
    reason,
    now: services.now(),
    durationMs: performance.now() - claim.claimedAt,
    accessToken: sealed("accessToken", answer.accessToken),
    refreshToken: refreshToken === null ? null : sealed("refreshToken", refreshToken),
    extra: extra === null ? null : sealed("extra", JSON.stringify(extra)),
    tokenType: answer.tokenType,
    grantedScopes: answer.grantedScopes,
    expiresIn: expiresInSeconds,
    refreshTokenExpiresIn: isDerived ? null : answer.refreshTokenExpiresInSeconds,
    dueIn: dueAt && dueAt.getTime() / 1_000,
    sleepIn: sleepingDueAt && sleepingDueAt.getTime() / 1_000,
    isRead: reason === "read" || reason === "sdk",
  };
}

/** Counted from zero, as the time of the claim is the database's to know. */
function planAfter(row: RefreshRow, answer: TokenAnswer): RefreshPlan {
  const { expiresInSeconds, refreshTokenExpiresInSeconds } = answer;
  const { oauthClient, presetId } = row.source.integration;
  const left = row.refreshTokenExpiresAt && (row.refreshTokenExpiresAt.getTime() - row.now.getTime()) / 1_000;
  const told = refreshTokenExpiresInSeconds ?? (left !== null && left > 0 ? left : null);
  return planRefresh({
    issuedAt: new Date(0),
    expiresAt: expiresInSeconds === null ? null : new Date(expiresInSeconds * 1_000),
    marginSeconds: oauthClient.refreshMarginSeconds,
    intervalSeconds: oauthClient.refreshIntervalSeconds,
    comesByItself: row.facts.isDerived || row.facts.flowType === "client_credentials",
    idleLimitSeconds: shorterOf(told, idleLimitSecondsOf(presetId)),
  });
}

/**
 * What the service said once and does not repeat stays (Zoho's `api_domain`); what cannot be read is no reason to lose tokens.
 * @returns null where what is stored stays as it is
 */
function mergeExtra(services: Services, { row }: Claim, added: TokenAnswer["extra"]): object | null {
  const isEmpty = Object.keys(added).length === 0;
  if (row.extra === null) return isEmpty ? null : added;
  const place = { table: "Connection", id: row.id, field: "extra" };
  try {
    const before = JSON.parse(unseal(services.keyring, place, row.extra)) as Record<string, unknown>;
    return isEmpty ? null : { ...before, ...added };
  } catch {
    return added;
  }
}

/** Of a derived token what came is the default consent's, which may live on: revoking could end it for everybody. */
async function isConsentOver({ db }: Services, { row }: Claim): Promise<boolean> {
  if (!row.facts.isDerived) return true;
  const { rows } = await db.pool.query(
    `SELECT FROM "Connection" WHERE "integrationId" = $1 AND "mappingId" IS NULL AND "status" <> 'not_connected'`,
    [row.integrationId],
  );
  return rows.length === 0;
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
