import type { Pool, PoolClient } from "pg";
import { RECORD_SUCCESSES } from "@/lib/audit/record-refresh";
import { HEAL_CLIENT } from "@/lib/connections/heal-client";
import { uuidv7 } from "@/lib/db/id";
import type { Claim } from "./claim-attempt";
import { SLEEPS } from "./queries";
import type { RefreshReason } from "./rules";

/** A token answer as it is stored; lifetimes in seconds from the moment of the claim. */
export interface StorableAnswer {
  claim: Claim;
  reason: RefreshReason;
  now: Date;
  /** From the claim to the answer. */
  durationMs: number;
  /** Sealed. */
  accessToken: string;
  refreshToken: string | null;
  /** Null: what is stored stays. */
  extra: string | null;
  tokenType: string | null;
  grantedScopes: string[] | null;
  expiresIn: number | null;
  refreshTokenExpiresIn: number | null;
  dueIn: number | null;
  /** The same where nobody has read the token for a week. */
  sleepIn: number | null;
  /** Somebody waits for it. */
  isRead: boolean;
}

// Whether the refresh token's end moves on with each refresh, about as far as time went: one that stays needs a person
// then. Two refreshes in a row are too near to tell.
const RENEWS = `CASE
        WHEN a."refreshTokenExpiresIn" IS NULL OR c."refreshTokenExpiresAt" IS NULL
          OR c."lastRefreshAt" IS NULL OR clock_timestamp() - c."lastRefreshAt" < interval '10 seconds' THEN c."refreshTokenRenews"
        ELSE clock_timestamp() + make_interval(secs => a."refreshTokenExpiresIn" - a."elapsed")
          > c."refreshTokenExpiresAt" + (clock_timestamp() - c."lastRefreshAt") / 2
      END`;

// No condition on the lease: a late answer may hold the only live refresh token. Times count from the database's clock,
// less what has passed since the claim, so that this machine's clock does not matter. Activity and audit entry are parts
// of the one statement, hence of its transaction.
const store = (lock: string) => `WITH answer AS MATERIALIZED (
    SELECT * FROM json_to_recordset($1) AS a("id" uuid, "integrationId" uuid, "integrationName" text, "organizationId" uuid,
      "grantId" uuid, "attempt" int, "elapsed" float8, "accessToken" text, "refreshToken" text, "extra" text,
      "tokenType" text, "grantedScopes" text[], "expiresIn" float8, "refreshTokenExpiresIn" float8, "dueIn" float8, "sleepIn" float8, "isRead" boolean,
      "activityId" uuid, "auditId" uuid, "now" timestamptz, "reason" text, "durationMs" int)),
  place AS MATERIALIZED (
    SELECT c."id" FROM answer a JOIN "Connection" c ON c."id" = a."id" JOIN "OAuthClient" o ON o."integrationId" = c."integrationId"
    WHERE c."grantId" = a."grantId" AND c."tokenVersion" < a."attempt" AND c."status" <> 'not_connected' ${lock}),
  stored AS (
    UPDATE "Connection" c SET
      "accessToken" = a."accessToken", "refreshToken" = coalesce(a."refreshToken", c."refreshToken"), "extra" = coalesce(a."extra", c."extra"),
      "tokenType" = a."tokenType", "grantedScopes" = coalesce(a."grantedScopes", c."grantedScopes"),
      "expiresAt" = clock_timestamp() + make_interval(secs => a."expiresIn" - a."elapsed"),
      "lastRefreshAt" = clock_timestamp() - make_interval(secs => a."elapsed"),
      "refreshTokenExpiresAt" = coalesce(
        clock_timestamp() + make_interval(secs => a."refreshTokenExpiresIn" - a."elapsed"), c."refreshTokenExpiresAt"),
      "refreshTokenRenews" = ${RENEWS},
      "dueAt" = clock_timestamp() + make_interval(secs =>
        CASE WHEN NOT a."isRead" AND ${SLEEPS} THEN a."sleepIn" ELSE a."dueIn" END - a."elapsed"),
      "lastReadAt" = CASE WHEN a."isRead" THEN clock_timestamp() ELSE c."lastReadAt" END,
      "tokenVersion" = a."attempt", "status" = 'active', "errorCode" = NULL, "errorMessage" = NULL, "errorSince" = NULL,
      "failures" = 0, "nextTryAt" = NULL, "forbiddenUntil" = NULL,
      "attemptEndedAt" = clock_timestamp(), "updatedAt" = clock_timestamp(),
      "leaseUntil" = CASE WHEN c."attempt" = a."attempt" THEN NULL ELSE c."leaseUntil" END,
      "unanswered" = CASE WHEN c."attempt" = a."attempt" THEN NULL ELSE c."unanswered" END
    FROM answer a JOIN place ON place."id" = a."id" WHERE c."id" = a."id"
    RETURNING c."id"),
  activity AS (
    INSERT INTO "ConnectionActivity" ("id", "connectionId", "integrationId", "attempt", "reason", "outcome", "durationMs")
    SELECT a."activityId", a."id", a."integrationId", a."attempt", a."reason", 'success', a."durationMs"
    FROM answer a JOIN stored ON stored."id" = a."id"),
  audit AS (${RECORD_SUCCESSES} FROM answer a JOIN stored ON stored."id" = a."id")
  SELECT "id" FROM stored`;

const WAITING = { name: "store-answer", text: store("FOR UPDATE OF c") };
// What another transaction holds, or has to heal its OAuth client, is not for this statement.
const AT_ONCE = {
  name: "store-answers",
  text: store(`AND o."errorCode" IS NULL FOR UPDATE OF c SKIP LOCKED`),
};

/**
 * Stores an answer in the transaction given, once its row can be had, and says that the OAuth client works.
 * @returns whether the row was there to store it in
 */
export async function storeOne(transaction: PoolClient, answer: StorableAnswer): Promise<boolean> {
  const { rowCount } = await transaction.query({ ...WAITING, values: [toJson([answer])] });
  if (rowCount === 0) return false;
  const values = [answer.claim.row.integrationId];
  await transaction.query({ name: "heal-client", text: HEAL_CLIENT, values });
  return true;
}

interface Queue {
  waiting: { answer: StorableAnswer; settle: (isStored: boolean) => void }[];
  writers: number;
}

const queues = new WeakMap<Pool, Queue>();
const MOST_AT_ONCE = 64;
/** While one statement is on its way, the next may be: who came a moment too late does not wait for two. */
const MOST_WRITERS = 2;

/**
 * Stores an answer together with the others that are there by then: one statement and one commit for all of them.
 * @returns false where that did not come about, for whatever reason: nothing is known then, and {@link storeOne} tells
 */
export function storeTogether(pool: Pool, answer: StorableAnswer): Promise<boolean> {
  const queue = queues.get(pool) ?? { waiting: [], writers: 0 };
  queues.set(pool, queue);
  return new Promise((settle) => {
    queue.waiting.push({ answer, settle });
    if (queue.writers >= MOST_WRITERS) return;
    queue.writers++;
    setImmediate(() => void write(pool, queue));
  });
}

async function write(pool: Pool, queue: Queue): Promise<void> {
  while (queue.waiting.length > 0) {
    const batch = new Map<string, Queue["waiting"][number]>();
    // A connection's answers come one after another: of two in one statement only one would be stored.
    queue.waiting = queue.waiting.filter((entry) => {
      const { id } = entry.answer.claim.row;
      if (batch.size >= MOST_AT_ONCE || batch.has(id)) return true;
      batch.set(id, entry);
      return false;
    });
    const answers = [...batch.values()].map(({ answer }) => answer);
    const stored = await pool
      .query<{ id: string }>({ ...AT_ONCE, values: [toJson(answers)] })
      .then(({ rows }) => new Set(rows.map(({ id }) => id)))
      .catch(() => new Set<string>());
    for (const [id, { settle }] of batch) settle(stored.has(id));
  }
  queue.writers--;
}

function toJson(answers: StorableAnswer[]): string {
  return JSON.stringify(
    answers.map(({ claim: { row, attempt, claimedAt }, durationMs, ...answer }) => ({
      ...answer,
      // PostgreSQL's JSON takes no half of a surrogate pair, and a service may say anything.
      tokenType: answer.tokenType?.toWellFormed() ?? null,
      grantedScopes: answer.grantedScopes?.map((scope) => scope.toWellFormed()) ?? null,
      id: row.id,
      integrationId: row.integrationId,
      integrationName: row.integrationName,
      organizationId: row.organizationId,
      grantId: row.grantId,
      attempt,
      elapsed: (performance.now() - claimedAt) / 1_000,
      activityId: uuidv7(),
      auditId: uuidv7(),
      durationMs: Math.round(durationMs),
    })),
  );
}
