import { sweepExpired } from "@/lib/auth/sweep-expired";
import type { Database } from "@/lib/db/client";
import { purgeActivity } from "./purge-activity";

/**
 * Removes what nobody can use any more: handshakes, held grants, sessions, setup links, counts of failed sign-ins, and
 * attempts to refresh that are long past.
 */
export async function purgeExpired(db: Database, now: Date): Promise<void> {
  await db.prisma.handshake.deleteMany({ where: { expiresAt: { lt: now } } });
  await db.prisma.heldGrant.deleteMany({ where: { expiresAt: { lt: now } } });
  await sweepExpired(db, now);
  await purgeActivity(db, now);
}
