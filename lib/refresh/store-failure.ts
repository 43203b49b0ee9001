import type { PoolClient } from "pg";
import { recordRefresh } from "@/lib/audit/record-refresh";
import type { Services } from "@/lib/auth/context";
import { inTransaction } from "@/lib/db/in-transaction";
import { EgressError } from "@/lib/egress/egress-error";
import { classifyOAuthError, type OAuthErrorClass } from "@/lib/oauth/classify-error";
import type { OAuthServiceError } from "@/lib/oauth/oauth-error";
import { listPlaceholders } from "@/lib/oauth/templates";
import type { Claim } from "./claim-attempt";
import { insertActivity } from "./insert-activity";
import { judgeFailure, type EarlierFailures, type FailureOutcome, type RefreshReason } from "./rules";
import type { AttemptEnd } from "./run-attempt";
import { untilStored } from "./until-stored";
import { announceChange } from "@/lib/db/notices";
import { observeAttempt } from "./observe-refresh";

const FIRST_PROBE_PAUSE_SECONDS = 15;
const LONGEST_PROBE_PAUSE_SECONDS = 3_600;

const SETTLE = `UPDATE "Connection" SET "status" = $4::"ConnectionStatus", "errorCode" = $5, "errorMessage" = $6,
    "errorSince" = coalesce("errorSince", clock_timestamp()), "failures" = $7,
    "nextTryAt" = clock_timestamp() + make_interval(secs => $8),
    "forbiddenUntil" = clock_timestamp() + make_interval(secs => $9),
    "attemptEndedAt" = clock_timestamp(), "updatedAt" = clock_timestamp(),
    "dueAt" = CASE WHEN $8::float8 IS NULL THEN NULL
      ELSE least(coalesce("dueAt", clock_timestamp()), clock_timestamp()) END,
    "unanswered" = CASE WHEN $10::boolean THEN "unanswered" ELSE $11::int END,
    "leaseUntil" = CASE WHEN $10::boolean THEN "leaseUntil" ELSE NULL END
  WHERE "id" = $1 AND "grantId" = $2 AND "attempt" = $3 AND "tokenVersion" = $12 AND "status" <> 'not_connected'
  RETURNING "id"`;

// What was said of a token says nothing of its successor, which a late answer to an earlier attempt has brought meanwhile.
const RELEASE = `UPDATE "Connection" SET "unanswered" = NULL, "leaseUntil" = NULL, "updatedAt" = clock_timestamp()
  WHERE "id" = $1 AND "grantId" = $2 AND "attempt" = $3 AND "tokenVersion" > $4 AND "status" <> 'not_connected'
  RETURNING "tokenVersion"`;

// Locks the connection first, as an edit of the client reaches for the rows with an attempt under way after it has changed
// the client's: either the edit is seen here, or it finds what is stored here.
const LOCK = `SELECT FROM "Connection" WHERE "id" = $1 FOR UPDATE`;
const IS_EDITED = `SELECT FROM "OAuthClient" WHERE "integrationId" = $1 AND "updatedAt" <> $2`;

// It waits for no lock, as its transaction holds one already: whoever holds the client's row mends it or blames it alike.
// Whichever connection probes next, the pauses grow with the time that the fault has lasted.
const BLAME = `WITH client AS (
    SELECT "id" FROM "OAuthClient" WHERE "integrationId" = $1 FOR UPDATE SKIP LOCKED)
  UPDATE "OAuthClient" o SET "errorCode" = $2, "errorMessage" = $3, "errorAt" = coalesce("errorAt", clock_timestamp()),
    "probeAt" = clock_timestamp() + make_interval(secs => CASE WHEN $4::float8 IS NOT NULL THEN greatest($4::float8,
      least(${LONGEST_PROBE_PAUSE_SECONDS}, $5 * extract(epoch FROM clock_timestamp() - coalesce("errorAt", clock_timestamp())))) END)
  FROM client WHERE o."id" = client."id"`;

// No other of them can be refreshed either, and its reason is this one, whether its turn has come or not.
const MARK = `WITH others AS (
    SELECT c."id" FROM "Connection" c JOIN "OAuthClient" o ON o."integrationId" = c."integrationId"
    WHERE c."integrationId" = $1 AND c."status" = 'active' AND (c."refreshToken" IS NOT NULL OR c."kind" = 'derived'
      OR o."flowType" = 'client_credentials') FOR UPDATE OF c SKIP LOCKED)
  UPDATE "Connection" c SET "status" = 'degraded', "errorCode" = $2, "errorMessage" = $3, "errorSince" = clock_timestamp()
  FROM others WHERE c."id" = others."id"`;

/** When `x` got its token: at the answer, or at the claim where an answer that was none has come since. */
const GOT_TOKEN = `CASE WHEN x."failures" = 0 THEN greatest(x."lastRefreshAt", x."attemptEndedAt") ELSE x."lastRefreshAt" END`;

// Of an organization that fails while another one gets tokens, the fault is its own: since the other one's failure, or
// since this one's claim, as those claimed together are answered in any order.
const OTHERS_ALIKE = `SELECT EXISTS (SELECT FROM "Connection" c WHERE c."integrationId" = $1 AND c."id" <> $2
    AND c."status" = 'degraded' AND c."errorCode" = $3 AND c."failures" > 0 AND NOT EXISTS (SELECT FROM "Connection" x
      WHERE x."integrationId" = $1
        AND ${GOT_TOKEN} > least(c."errorSince", clock_timestamp() - make_interval(secs => $4::float8)))) AS alike`;

// Asked for with the settings as they stand, a token speaks for them until its connection is refused alike. Where this one
// was refused alike before somebody edited them, that it still is says nothing of the others.
const OTHERS_WORK = `SELECT EXISTS (SELECT FROM "Connection" x JOIN "OAuthClient" o ON o."integrationId" = x."integrationId"
    WHERE x."integrationId" = $1 AND x."id" <> $2 AND x."status" IN ('active', 'degraded')
      AND (x."errorCode" IS DISTINCT FROM $3 OR x."failures" = 0)
      AND (x."lastRefreshAt" > o."updatedAt" OR $4::boolean)) AS work`;

interface Settlement {
  outcome: FailureOutcome;
  code: string;
  message: string;
  kind: Parameters<typeof insertActivity>[1]["outcome"];
  retryAfterSeconds: number | null;
  /** The service may have acted: the token counts as perhaps spent, and the lease runs out by itself. */
  isUnanswered: boolean;
  /** What `unanswered` becomes where it is not kept. */
  unanswered: number | null;
}

/** Stores an answer that is no token, or that none came (docs/adr/0007-the-refresh-engine.md, 4). */
export async function storeFailure(
  services: Services,
  claim: Claim,
  reason: RefreshReason,
  error: OAuthServiceError,
): Promise<AttemptEnd> {
  const kind = classifyOAuthError(error);
  const earlier = await readEarlierFailures(services, claim, kind);
  return settle(services, claim, reason, {
    kind,
    outcome: judgeFailure(kind, earlier, error.retryAfterSeconds, Math.random()),
    code: kind === "client" ? "oauth_client_invalid" : failureCodeOf(error),
    message: error.message,
    retryAfterSeconds: error.retryAfterSeconds,
    isUnanswered: isUnanswered(error),
    // A 503 tells nothing of what became of a request before it.
    unanswered: claim.earlierUnanswered,
  });
}

/** What went wrong, as far as it is known: on the way, by the service's own code, or by how the attempt ended. */
export function failureCodeOf({ cause, code, kind }: OAuthServiceError): string {
  return cause instanceof EgressError ? cause.reason : (code ?? kind);
}

// Attempts are counted through: those after the stored version are the ones since the last success.
const LAST_OUTCOMES = `SELECT a."outcome" FROM "ConnectionActivity" a
  WHERE a."connectionId" = $1 AND a."attempt" > $2 ORDER BY a."occurredAt" DESC LIMIT 10`;

async function readEarlierFailures(
  { db }: Services,
  { row }: Claim,
  kind: OAuthErrorClass,
): Promise<EarlierFailures> {
  if (kind !== "unknown" || row.failures === 0) return { failures: row.failures, unknown: 0 };
  const { rows } = await untilStored(db.pool, () =>
    db.pool.query<{ outcome: string }>(LAST_OUTCOMES, [row.id, row.tokenVersion]),
  );
  const other = rows.findIndex(({ outcome }) => outcome !== "unknown");
  return { failures: row.failures, unknown: other < 0 ? rows.length : other };
}

/** Stores that nothing left this machine: an earlier unanswered attempt is what it was before. */
export async function storeUnsent(
  services: Services,
  claim: Claim,
  reason: RefreshReason,
  failure: { code: string; message: string },
): Promise<AttemptEnd> {
  return settle(services, claim, reason, {
    kind: "unsent",
    outcome: judgeFailure("passing", { failures: claim.row.failures, unknown: 0 }, null, Math.random()),
    code: failure.code,
    message: failure.message,
    retryAfterSeconds: null,
    isUnanswered: false,
    unanswered: claim.earlierUnanswered,
  });
}

/**
 * A reset, a timeout, a gateway's answer (Cloudflare's 520 to 524 too), half a 200 or one too large to read: the service
 * may have made a successor that never came here. Only a 503 says that it did not.
 */
function isUnanswered({ kind, httpStatus, code, cause }: OAuthServiceError): boolean {
  if (kind === "no_answer") return true;
  if (httpStatus === null)
    return (
      kind === "unusable_answer" && !(cause instanceof EgressError && cause.reason === "redirect_refused")
    );
  return (httpStatus >= 500 && httpStatus !== 503) || (httpStatus < 300 && code === null);
}

async function settle(
  services: Services,
  claim: Claim,
  reason: RefreshReason,
  settlement: Settlement,
): Promise<AttemptEnd> {
  const { row, attempt } = claim;
  const { code, kind } = settlement;
  let { outcome } = settlement;
  const message = settlement.message.slice(0, 500);
  const durationMs = performance.now() - claim.claimedAt;
  const stored = await untilStored(services.db.pool, () =>
    inTransaction(services.db.pool, async (transaction) => {
      outcome = await withoutStaleBlame(transaction, claim, settlement.outcome);
      const values = settleValues(claim, { ...settlement, outcome }, message);
      const { rowCount } = await transaction.query({ name: "settle-failure", text: SETTLE, values });
      const successor = rowCount === 0 ? await releaseSuccessor(transaction, claim) : null;
      if (rowCount === 0 && successor === null) {
        await insertActivity(transaction, { row, attempt, reason, outcome: "superseded", durationMs });
        return null;
      }
      if (successor === null && outcome.blamesClient)
        await blameClient(transaction, claim, settlement, message);
      await insertActivity(transaction, { row, attempt, reason, outcome: kind, durationMs, code, message });
      await recordRefresh(transaction, { ...row, now: services.now(), reason, outcome: kind, code });
      return { successor };
    }),
  );
  observeAttempt({ reason, outcome: stored ? kind : "superseded", durationMs });
  if (!stored)
    return {
      ok: false,
      status: "superseded",
      code: "connection_changed",
      message: "The connection changed meanwhile.",
    };
  await announceChange(services.db.pool, row.id);
  return stored.successor === null
    ? { ok: false, status: outcome.status, code, message }
    : { ok: true, version: stored.successor };
}

const AFTER_EDIT_MS = 5_000;

/** What the service said of settings that were edited meanwhile says nothing of those that stand now: they are tried soon. */
async function withoutStaleBlame(
  transaction: PoolClient,
  { row }: Claim,
  outcome: FailureOutcome,
): Promise<FailureOutcome> {
  if (!outcome.blamesClient) return outcome;
  await transaction.query({ name: "lock-to-settle", text: LOCK, values: [row.id] });
  // The client comes as JSON, whose times are texts.
  const seenAt = new Date(row.source.integration.oauthClient.updatedAt);
  const values = [row.integrationId, seenAt];
  const { rowCount } = await transaction.query({ name: "is-client-edited", text: IS_EDITED, values });
  return rowCount === 0 ? outcome : { ...outcome, blamesClient: false, retryInMs: AFTER_EDIT_MS };
}

/** @returns the version of the tokens that an earlier attempt has stored meanwhile; null where none has */
async function releaseSuccessor(transaction: PoolClient, { row, attempt }: Claim): Promise<number | null> {
  const { rows } = await transaction.query<{ tokenVersion: number }>(RELEASE, [
    row.id,
    row.grantId,
    attempt,
    row.tokenVersion,
  ]);
  return rows[0]?.tokenVersion ?? null;
}

function settleValues({ row, attempt }: Claim, settlement: Settlement, message: string): unknown[] {
  const { outcome, code, retryAfterSeconds, isUnanswered: keeps, unanswered } = settlement;
  return [
    row.id,
    row.grantId,
    attempt,
    outcome.status,
    code.slice(0, 100),
    message,
    outcome.failures,
    outcome.retryInMs === null ? null : outcome.retryInMs / 1_000,
    retryAfterSeconds,
    keeps,
    unanswered,
    row.tokenVersion,
  ];
}

/** Says that the OAuth client is at fault, shown on the integration, unless the fault is this connection's own. */
async function blameClient(
  transaction: PoolClient,
  claim: Claim,
  settlement: Settlement,
  message: string,
): Promise<void> {
  if (await isOwnFault(transaction, claim, settlement)) return;
  const { integrationId } = claim.row;
  const { outcome, code, retryAfterSeconds } = settlement;
  const jitter = 0.5 + 0.5 * Math.random();
  const seconds = Math.max(FIRST_PROBE_PAUSE_SECONDS * jitter, retryAfterSeconds ?? 0);
  const pause = outcome.retryInMs === null ? null : seconds;
  const { rowCount } = await transaction.query(BLAME, [integrationId, code, message, pause, jitter]);
  if (rowCount !== 0) await transaction.query(MARK, [integrationId, code, message]);
}

/**
 * With a token URL of each organization's own, one failure is that organization's until a second one fails alike. A refused
 * configuration, which stops all until somebody acts, is a connection's own while another one works with it: an old consent
 * may not cover what is asked for now.
 */
async function isOwnFault(
  transaction: PoolClient,
  { row, claimedAt }: Claim,
  { kind, code }: Settlement,
): Promise<boolean> {
  if (listPlaceholders(row.source.integration.oauthClient.tokenUrl).length > 0) {
    const values = [row.integrationId, row.id, code, (performance.now() - claimedAt) / 1_000];
    const { rows } = await transaction.query<{ alike: boolean }>(OTHERS_ALIKE, values);
    if (!rows[0]?.alike) return true;
  }
  if (kind !== "configuration") return false;
  const wasRefused = row.failures > 0 && row.errorCode === code;
  const values = [row.integrationId, row.id, code, wasRefused];
  const { rows } = await transaction.query<{ work: boolean }>(OTHERS_WORK, values);
  return rows[0]?.work === true;
}
