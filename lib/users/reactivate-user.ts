import { recordAudit } from "@/lib/audit/record-audit";
import type { Ctx } from "@/lib/auth/context";
import { parseInput } from "@/lib/errors";
import { requireManagedUser } from "./require-managed-user.ts";
import { userIdSchema } from "./schema.ts";

/**
 * Lets a user sign in again with the password they had. Twice changes nothing.
 * @throws AppError `permission_denied`, `user_not_found`
 */
export async function reactivateUser(
  ctx: Pick<Ctx, "actor" | "db" | "now">,
  input: { id: string },
): Promise<void> {
  const { id } = parseInput(userIdSchema, input);
  await ctx.db.prisma.$transaction(async (tx) => {
    const user = await requireManagedUser(tx, ctx.actor, id);
    if (user.isActive) return;
    await tx.user.update({ where: { id }, data: { isActive: true } });
    await recordAudit(tx, ctx.actor, ctx.now(), {
      action: "user.reactivate",
      target: { type: "user", id, label: user.email },
      organizationId: user.organizationId,
      before: { isActive: false },
      after: { isActive: true },
    });
  });
}
