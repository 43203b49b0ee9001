import type { Database } from "@/lib/db/client";

const KEPT_DAYS = 90;

const PURGE = `DELETE FROM "ConnectionActivity" WHERE "id" IN (
    SELECT a."id" FROM "ConnectionActivity" a WHERE a."occurredAt" < $1 ORDER BY a."occurredAt" LIMIT $2)`;

/** Removes what the Activity tab shows of attempts older than 90 days, a batch at a time so that no lock is held for long. */
export async function purgeActivity({ pool }: Database, now: Date, batch = 1_000): Promise<void> {
  const before = new Date(now.getTime() - KEPT_DAYS * 86_400_000);
  for (;;) {
    const { rowCount } = await pool.query(PURGE, [before, batch]);
    if ((rowCount ?? 0) < batch) return;
  }
}
