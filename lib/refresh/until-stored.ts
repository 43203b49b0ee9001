import { setTimeout as sleep } from "node:timers/promises";
import type { Pool } from "pg";

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

/**
 * Runs a write again until it succeeds, whatever the database says meanwhile: out of reach, a deadlock, a lock that was
 * held too long, a server that only reads after a failover. What the service answered exists nowhere else.
 * @throws what the database says of the values themselves, as that would never change; anything once the pool is closed
 */
export async function untilStored<T>(pool: Pool, write: () => Promise<T>): Promise<T> {
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    try {
      return await write();
    } catch (error) {
      if (pool.ending || isAboutTheValues(error)) throw error;
      await sleep(pauseMs);
    }
  }
}

/** SQLSTATE classes 22 and 23 (data, integrity), and what is no error of the database at all. */
function isAboutTheValues(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof TypeError || error instanceof RangeError) return true;
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  return /^2[23]/.test(code);
}
