import { recordAudit } from "@/lib/audit/record-audit";
import type { Database } from "@/lib/db/client";
import type { Origin } from "./actor.ts";
import { endSession, startSession } from "./sessions.ts";
import { userActor } from "./user-actor.ts";

/** How somebody proved who they are. */
export type SignInMethod = "password" | "single_sign_on" | "sign_in_link";

/**
 * Opens a session for a user who has just proved who they are.
 * @returns the `sid`, or null when the user was deactivated meanwhile.
 */
export async function signIn(
  db: Database,
  userId: string,
  method: SignInMethod,
  origin: Origin,
  now: Date,
): Promise<string | null> {
  return db.prisma.$transaction(async (tx) => {
    const user = await tx.user.findFirst({
      where: { id: userId, isActive: true, organization: { isActive: true } },
      include: { organization: true },
    });
    if (!user) return null;
    const sid = await startSession(tx, user.id, origin, now);
    await tx.user.update({ where: { id: user.id }, data: { lastSignInAt: now } });
    await recordAudit(tx, userActor(user, sid, origin), now, {
      action: "user.sign_in",
      target: { type: "user", id: user.id, label: user.email },
      organizationId: user.organizationId,
      after: { method },
    });
    return sid;
  });
}

/** Ends the session of a browser that signs out; one that is over already stays over. */
export async function signOut(
  db: Database,
  userId: string,
  sid: string,
  origin: Origin,
  now: Date,
): Promise<void> {
  await db.prisma.$transaction(async (tx) => {
    const user = await tx.user.findUnique({ where: { id: userId }, include: { organization: true } });
    if (!user || !(await endSession(tx, userId, sid))) return;
    await recordAudit(tx, userActor(user, sid, origin), now, {
      action: "user.sign_out",
      target: { type: "user", id: user.id, label: user.email },
      organizationId: user.organizationId,
    });
  });
}
