import { expect, vi } from "vitest";
import type { Database } from "@/lib/db/client";

/**
 * Carries out a statement and commits it only when what is begun meanwhile waits for it, or has ended without.
 * @returns how that ended, an error as it was thrown
 */
export async function commitOnceWaitedFor(
  { pool }: Database,
  [statement, values]: [string, unknown[]],
  begin: () => Promise<unknown>,
): Promise<unknown> {
  const holder = await pool.connect();
  let isEnded = false;
  try {
    await holder.query("BEGIN");
    const { rows } = await holder.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
    await holder.query(statement, values);
    const pending = begin()
      .catch((error: unknown) => error)
      .finally(() => (isEnded = true));
    await vi.waitFor(async () => {
      const waiting = "SELECT FROM pg_stat_activity WHERE $1 = ANY(pg_blocking_pids(pid))";
      expect(isEnded || (await pool.query(waiting, [rows[0]?.pid])).rowCount === 1).toBe(true);
    });
    await holder.query("COMMIT");
    return await pending;
  } finally {
    // Nothing stays held, whatever has failed.
    holder.release(true);
  }
}
