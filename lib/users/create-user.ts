import { recordAudit } from "@/lib/audit/record-audit";
import { actorOrganizationId, isProviderContext } from "@/lib/auth/actor";
import type { Ctx } from "@/lib/auth/context";
import { requirePermission } from "@/lib/auth/permissions";
import { parseInput } from "@/lib/errors";
import { isUniqueViolation } from "@/lib/db/unique-violation";
import { AppError, fieldError } from "@/lib/errors";
import { findOrganization } from "@/lib/organizations/queries";
import { createSetupLink } from "./create-setup-link.ts";
import { roleProblem } from "./rules.ts";
import { createUserSchema, type CreateUserInput, type UserSummary } from "./schema.ts";

/**
 * Creates a user, who chooses a password through the setup link: single use, good for 7 days, shown this once.
 * @throws AppError `permission_denied`, `scope_forbidden`, `validation_failed`, `organization_not_found`; `conflict`
 *   when somebody has the e-mail address already.
 */
export async function createUser(
  ctx: Pick<Ctx, "actor" | "db" | "now" | "publicUrl">,
  input: CreateUserInput,
): Promise<{ user: UserSummary; setupUrl: string }> {
  const { email, name, role, organizationId } = parseInput(createUserSchema, input);
  if (!isProviderContext(ctx.actor) && organizationId !== actorOrganizationId(ctx.actor)) {
    throw new AppError("scope_forbidden", "You can create users of your own organization only.");
  }
  requirePermission(ctx.actor, "users.write", organizationId);
  const now = ctx.now();
  try {
    return await ctx.db.prisma.$transaction(async (tx) => {
      const organization = await findOrganization(tx, organizationId);
      if (!organization) {
        throw new AppError("organization_not_found", "There is no such organization. Choose another one.");
      }
      if (!organization.isActive) {
        throw fieldError(
          "organizationId",
          `${organization.name} is deactivated, so its users cannot sign in. Reactivate it first.`,
        );
      }
      const problem = roleProblem(role, organization.kind);
      if (problem) throw fieldError("role", problem);
      const user = await tx.user.create({
        data: { email, name: name ?? null, role, organizationId, createdAt: now },
        select: { id: true, email: true, name: true, role: true, organizationId: true },
      });
      const setupUrl = await createSetupLink(tx, { userId: user.id, publicUrl: ctx.publicUrl, now });
      await recordAudit(tx, ctx.actor, now, {
        action: "user.create",
        target: { type: "user", id: user.id, label: email },
        organizationId,
        after: { email, name: user.name, role },
      });
      return { user, setupUrl };
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw emailTaken(email, error);
    throw error;
  }
}

/** The error of an address that somebody has. */
export function emailTaken(email: string, cause: unknown): AppError {
  const message = `There is already a user with the email address ${email}. Use another one.`;
  return new AppError("conflict", message, { errors: [{ path: "email", message }], cause });
}
