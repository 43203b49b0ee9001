import { recordAudit } from "@/lib/audit/record-audit";
import type { Ctx } from "@/lib/auth/context";
import { fieldError, parseInput } from "@/lib/errors";
import { requireAnotherPlatformAdmin, requireManagedUser } from "./require-managed-user.ts";
import { roleProblem } from "./rules.ts";
import { changeUserRoleSchema, type ChangeUserRoleInput } from "./schema.ts";

/**
 * Gives a user another role, which holds from their next request on; the same role changes nothing.
 * @throws AppError `permission_denied`, `user_not_found`, `validation_failed` where the role does not fit the
 *   organization; `conflict` for the last active platform admin
 */
export async function changeUserRole(
  ctx: Pick<Ctx, "actor" | "db" | "now">,
  input: ChangeUserRoleInput,
): Promise<void> {
  const { id, role } = parseInput(changeUserRoleSchema, input);
  await ctx.db.prisma.$transaction(async (tx) => {
    const user = await requireManagedUser(tx, ctx.actor, id);
    const problem = roleProblem(role, user.organizationKind);
    if (problem) throw fieldError("role", problem);
    if (user.role === role) return;
    await requireAnotherPlatformAdmin(tx, user);
    await tx.user.update({ where: { id }, data: { role } });
    await recordAudit(tx, ctx.actor, ctx.now(), {
      action: "user.change_role",
      target: { type: "user", id, label: user.email },
      organizationId: user.organizationId,
      before: { role: user.role },
      after: { role },
    });
  });
}
