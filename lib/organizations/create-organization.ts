import { recordAudit } from "@/lib/audit/record-audit";
import type { Ctx } from "@/lib/auth/context";
import { requirePermission } from "@/lib/auth/permissions";
import { isUniqueViolation } from "@/lib/db/unique-violation";
import { AppError } from "@/lib/errors";
import { parseInput } from "@/lib/errors";
import {
  createOrganizationSchema,
  type CreateOrganizationInput,
  type OrganizationSummary,
} from "./schema.ts";

/**
 * Creates a managed organization.
 * @throws AppError `permission_denied`, `validation_failed`; `conflict` when the name is taken, whatever its case.
 */
export async function createOrganization(
  ctx: Pick<Ctx, "actor" | "db" | "now">,
  input: CreateOrganizationInput,
): Promise<OrganizationSummary> {
  requirePermission(ctx.actor, "organizations.write", null);
  const { name } = parseInput(createOrganizationSchema, input);
  const now = ctx.now();
  try {
    return await ctx.db.prisma.$transaction(async (tx) => {
      const { id, kind, isActive } = await tx.organization.create({ data: { name, createdAt: now } });
      await recordAudit(tx, ctx.actor, now, {
        action: "organization.create",
        target: { type: "organization", id, label: name },
        organizationId: id,
        after: { name, kind },
      });
      return { id, name, kind, isActive };
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw organizationNameTaken(name, error);
    throw error;
  }
}

/** The error of a name that another organization has. */
export function organizationNameTaken(name: string, cause: unknown): AppError {
  const message = `There is already an organization named "${name}". Choose another name.`;
  return new AppError("conflict", message, { errors: [{ path: "name", message }], cause });
}
