import { recordAudit } from "@/lib/audit/record-audit";
import type { Ctx } from "@/lib/auth/context";
import { endSessions } from "@/lib/auth/sessions";
import { AppError, parseInput } from "@/lib/errors";
import { requireAnotherPlatformAdmin, requireManagedUser } from "./require-managed-user.ts";
import { userIdSchema } from "./schema.ts";

/**
 * Ends a user's sessions at once and lets nobody in as them any more; links of theirs stop working. Twice changes nothing.
 * @throws AppError `permission_denied`, `user_not_found`; `conflict` for oneself and for the last active platform admin
 */
export async function deactivateUser(
  ctx: Pick<Ctx, "actor" | "db" | "now">,
  input: { id: string },
): Promise<void> {
  const { id } = parseInput(userIdSchema, input);
  await ctx.db.prisma.$transaction(async (tx) => {
    const user = await requireManagedUser(tx, ctx.actor, id);
    if (!user.isActive) return;
    await requireAnotherPlatformAdmin(tx, user);
    if (ctx.actor.type === "user" && ctx.actor.id === id) {
      throw new AppError("conflict", "You cannot deactivate yourself. Ask another admin to do it.");
    }
    await tx.user.update({ where: { id }, data: { isActive: false } });
    const endedSessions = await endSessions(tx, id);
    await tx.setupLink.deleteMany({ where: { userId: id } });
    await tx.handshake.deleteMany({ where: { userId: id } });
    await recordAudit(tx, ctx.actor, ctx.now(), {
      action: "user.deactivate",
      target: { type: "user", id, label: user.email },
      organizationId: user.organizationId,
      before: { isActive: true },
      after: { isActive: false, endedSessions },
    });
  });
}
