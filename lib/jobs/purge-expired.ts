import { sweepExpired } from "@/lib/auth/sweep-expired";
import type { Database } from "@/lib/db/client";

/** Removes what nobody can use any more: handshakes, held grants, sessions, setup links, counts of failed sign-ins. */
export async function purgeExpired(db: Database, now: Date): Promise<void> {
  await db.prisma.handshake.deleteMany({ where: { expiresAt: { lt: now } } });
  await db.prisma.heldGrant.deleteMany({ where: { expiresAt: { lt: now } } });
  await sweepExpired(db, now);
}
