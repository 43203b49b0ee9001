import type { Pool } from "pg";
import type { RefreshRow } from "./queries";

/** The right to present the refresh token once. */
export interface Claim {
  row: RefreshRow;
  attempt: number;
  /** An earlier attempt that stays unanswered if this one never leaves. */
  earlierUnanswered: number | null;
  /** On the monotonic clock, in milliseconds. */
  claimedAt: number;
}

export const LEASE_SECONDS = 90;

// The row is locked before it is judged, so that of two claims at once the second sees the first one's lease.
const CLAIM = `WITH old AS MATERIALIZED (
    SELECT "id", "unanswered" FROM "Connection"
    WHERE "id" = $1 AND "grantId" = $2 AND "tokenVersion" = $3 AND "attempt" = $4
      AND "status" IN ('active', 'degraded')
      AND ("leaseUntil" IS NULL OR "leaseUntil" <= clock_timestamp())
    FOR UPDATE)
  UPDATE "Connection" c SET "attempt" = c."attempt" + 1, "unanswered" = c."attempt" + 1,
    "leaseUntil" = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})
  FROM old WHERE c."id" = old."id"
  RETURNING c."attempt", old."unanswered" AS "earlierUnanswered"`;

/**
 * Claims the next attempt, which is also the written intent: from its commit on the token counts as perhaps spent until
 * its answer is stored. Null: somebody else is at it, or the row is not as it was read.
 */
export async function claimAttempt(pool: Pool, row: RefreshRow): Promise<Claim | null> {
  const claimedAt = performance.now();
  const { rows } = await pool.query<{ attempt: number; earlierUnanswered: number | null }>({
    name: "claim-attempt",
    text: CLAIM,
    values: [row.id, row.grantId, row.tokenVersion, row.attempt],
  });
  return rows[0] ? { row, claimedAt, ...rows[0] } : null;
}
