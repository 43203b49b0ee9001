import type { Database } from "@/lib/db/client";

/** Removes sessions, setup links and sign-in counts whose time is over; the worker calls it now and then. */
export async function sweepExpired(db: Database, now: Date): Promise<void> {
  await db.prisma.session.deleteMany({ where: { expiresAt: { lt: now } } });
  // An expired link is kept for a week: its page can then say that it expired, and who gives a new one.
  const aWeekAgo = new Date(now.getTime() - 7 * 24 * 60 * 60 * 1000);
  await db.prisma.setupLink.deleteMany({ where: { expiresAt: { lt: aWeekAgo } } });
  await db.prisma.signInThrottle.deleteMany({
    where: { windowEndsAt: { lt: now }, OR: [{ blockedUntil: null }, { blockedUntil: { lt: now } }] },
  });
}
