import { recordAudit } from "@/lib/audit/record-audit";
import type { Ctx } from "@/lib/auth/context";
import { AppError, parseInput } from "@/lib/errors";
import { requireOrganization } from "./require-organization.ts";
import { organizationIdSchema } from "./schema.ts";

/**
 * Shuts an organization out at once, losing nothing of it: its keys are refused, its users are signed out and cannot sign
 * in, and whoever names it as scope is told `organization_not_found`. Twice changes nothing.
 * @throws AppError `permission_denied`, `organization_not_found`; `conflict` for the provider organization
 */
export async function deactivateOrganization(
  ctx: Pick<Ctx, "actor" | "db" | "now">,
  input: { id: string },
): Promise<void> {
  const { id } = parseInput(organizationIdSchema, input);
  await ctx.db.prisma.$transaction(async (tx) => {
    const organization = await requireOrganization(tx, ctx.actor, id);
    if (organization.kind === "provider") {
      throw new AppError(
        "conflict",
        "The provider organization cannot be deactivated: nobody could sign in any more.",
      );
    }
    if (!organization.isActive) return;
    await tx.organization.update({ where: { id }, data: { isActive: false } });
    const { count: endedSessions } = await tx.session.deleteMany({ where: { user: { organizationId: id } } });
    await tx.handshake.deleteMany({ where: { user: { organizationId: id } } });
    await recordAudit(tx, ctx.actor, ctx.now(), {
      action: "organization.deactivate",
      target: { type: "organization", id, label: organization.name },
      organizationId: id,
      before: { isActive: true },
      after: { isActive: false, endedSessions },
    });
  });
}
