import type { Pool } from "pg";
import { uuidv7 } from "@/lib/db/id";
import type { RefreshRow } from "./queries";

/** The right to present the refresh token once. */
export interface Claim {
  row: RefreshRow;
  attempt: number;
  /** An earlier attempt that stays unanswered if this one never leaves. */
  earlierUnanswered: number | null;
  /** On the monotonic clock, in milliseconds. */
  claimedAt: number;
  /** On the wall clock, in milliseconds: it goes on where the monotonic one stops, in a machine that is suspended. */
  claimedOn: number;
}

export const LEASE_SECONDS = 90;

// Each row is locked before it is judged, so that of two claims at once the second sees the first one's lease. An earlier
// attempt that nobody has written of, as its process died, is written of with the claim; when it began stands in its lease.
const claim = (lock: string) => `WITH old AS MATERIALIZED (
    SELECT c."id", c."integrationId", c."unanswered", c."leaseUntil", seen."activityId" FROM "Connection" c
    JOIN unnest($1::uuid[], $2::uuid[], $3::int[], $4::int[], $5::uuid[])
      AS seen("id", "grantId", "tokenVersion", "attempt", "activityId")
      ON c."id" = seen."id"
    WHERE c."grantId" = seen."grantId" AND c."tokenVersion" = seen."tokenVersion" AND c."attempt" = seen."attempt"
      AND c."status" IN ('active', 'degraded')
      AND (c."leaseUntil" IS NULL OR c."leaseUntil" <= clock_timestamp())
    FOR UPDATE OF c ${lock}),
  unwritten AS (
    INSERT INTO "ConnectionActivity" ("id", "connectionId", "integrationId", "occurredAt", "attempt", "reason", "outcome",
      "durationMs", "code")
    SELECT old."activityId", old."id", old."integrationId",
      coalesce(old."leaseUntil" - make_interval(secs => ${LEASE_SECONDS}), clock_timestamp()), old."unanswered",
      'not_recorded', 'passing', ${LEASE_SECONDS} * 1000, 'answer_not_stored'
    FROM old WHERE old."unanswered" IS NOT NULL AND NOT EXISTS (SELECT FROM "ConnectionActivity" a
      WHERE a."connectionId" = old."id" AND a."attempt" = old."unanswered"))
  UPDATE "Connection" c SET "attempt" = c."attempt" + 1, "unanswered" = c."attempt" + 1,
    "leaseUntil" = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})
  FROM old WHERE c."id" = old."id"
  RETURNING c."id", c."attempt", old."unanswered" AS "earlierUnanswered"`;

const ONE = { name: "claim-attempt", text: claim("") };
const MANY = { name: "claim-attempts", text: claim("SKIP LOCKED") };

/**
 * Claims the next attempt, which is also the written intent: from its commit on the token counts as perhaps spent until
 * its answer is stored. Null: somebody else is at it, or the row is not as it was read.
 */
export async function claimAttempt(pool: Pool, row: RefreshRow): Promise<Claim | null> {
  const [claimed] = await run(pool, ONE, [row]);
  return claimed ?? null;
}

/** Claims an attempt of each row that can be had at once, in one statement; of the others somebody takes care already. */
export function claimAttempts(pool: Pool, rows: readonly RefreshRow[]): Promise<Claim[]> {
  return run(pool, MANY, rows);
}

const PROBE = `UPDATE "OAuthClient" SET "probeAt" = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})
  WHERE "integrationId" = $1 AND "errorCode" IS NOT NULL AND "probeAt" <= clock_timestamp()`;

/** Takes the right to try whether an OAuth client at fault is mended. Of many at once one gets it. */
export async function claimProbe(pool: Pool, integrationId: string): Promise<boolean> {
  const { rowCount } = await pool.query({ name: "claim-probe", text: PROBE, values: [integrationId] });
  return rowCount === 1;
}

async function run(
  pool: Pool,
  statement: { name: string; text: string },
  rows: readonly RefreshRow[],
): Promise<Claim[]> {
  const [claimedAt, claimedOn] = [performance.now(), Date.now()];
  const result = await pool.query<{ id: string; attempt: number; earlierUnanswered: number | null }>({
    ...statement,
    values: [
      rows.map((row) => row.id),
      rows.map((row) => row.grantId),
      rows.map((row) => row.tokenVersion),
      rows.map((row) => row.attempt),
      rows.map(() => uuidv7()),
    ],
  });
  const read = new Map(rows.map((row) => [row.id, row]));
  return result.rows.flatMap(({ id, attempt, earlierUnanswered }) => {
    const row = read.get(id);
    return row ? [{ row, attempt, earlierUnanswered, claimedAt, claimedOn }] : [];
  });
}
