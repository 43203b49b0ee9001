import type { Tx } from "@/lib/db/client";

/** Lets one process at a time decide, until its transaction ends, who the first admin is. */
export async function lockFirstRun(tx: Tx): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended('bifrost.first-run', 0))`;
}
