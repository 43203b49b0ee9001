import { recordAudit } from "@/lib/audit/record-audit";
import type { Ctx } from "@/lib/auth/context";
import { parseInput } from "@/lib/errors";
import { requireOrganization } from "./require-organization.ts";
import { organizationIdSchema } from "./schema.ts";

/**
 * Lets an organization back in: its keys work again and its users can sign in. Twice changes nothing.
 * @throws AppError `permission_denied`, `organization_not_found`
 */
export async function reactivateOrganization(
  ctx: Pick<Ctx, "actor" | "db" | "now">,
  input: { id: string },
): Promise<void> {
  const { id } = parseInput(organizationIdSchema, input);
  await ctx.db.prisma.$transaction(async (tx) => {
    const organization = await requireOrganization(tx, ctx.actor, id);
    if (organization.isActive) return;
    await tx.organization.update({ where: { id }, data: { isActive: true } });
    await recordAudit(tx, ctx.actor, ctx.now(), {
      action: "organization.reactivate",
      target: { type: "organization", id, label: organization.name },
      organizationId: id,
      before: { isActive: false },
      after: { isActive: true },
    });
  });
}
