import type { z } from "zod";
import { recordAudit } from "@/lib/audit/record-audit";
import type { Ctx } from "@/lib/auth/context";
import { isUniqueViolation } from "@/lib/db/unique-violation";
import { parseInput } from "@/lib/errors";
import { organizationNameTaken } from "./create-organization.ts";
import { requireOrganization } from "./require-organization.ts";
import { renameOrganizationSchema } from "./schema.ts";

/**
 * Gives an organization, the provider's too, another name; the same name changes nothing.
 * @throws AppError `permission_denied`, `organization_not_found`, `validation_failed`; `conflict` when the name is taken
 */
export async function renameOrganization(
  ctx: Pick<Ctx, "actor" | "db" | "now">,
  input: z.input<typeof renameOrganizationSchema>,
): Promise<void> {
  const { id, name } = parseInput(renameOrganizationSchema, input);
  try {
    await ctx.db.prisma.$transaction(async (tx) => {
      const organization = await requireOrganization(tx, ctx.actor, id);
      if (organization.name === name) return;
      await tx.organization.update({ where: { id }, data: { name } });
      await recordAudit(tx, ctx.actor, ctx.now(), {
        action: "organization.rename",
        target: { type: "organization", id, label: name },
        organizationId: id,
        before: { name: organization.name },
        after: { name },
      });
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw organizationNameTaken(name, error);
    throw error;
  }
}
