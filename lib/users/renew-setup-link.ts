import { recordAudit } from "@/lib/audit/record-audit";
import type { Ctx } from "@/lib/auth/context";
import { AppError, parseInput } from "@/lib/errors";
import { createSetupLink } from "./create-setup-link.ts";
import { requireManagedUser } from "./require-managed-user.ts";
import { userIdSchema } from "./schema.ts";

/**
 * Makes a new setup link, with which a user chooses a password: their first, or one in place of a forgotten one. Earlier
 * links stop working; the old password and the sessions end when the link is used.
 * @returns the link, good for 7 days and once; shown this once
 * @throws AppError `permission_denied`, `user_not_found`; `conflict` where the user could not sign in anyway
 */
export async function renewSetupLink(
  ctx: Pick<Ctx, "actor" | "db" | "now" | "publicUrl">,
  input: { id: string },
): Promise<{ email: string; setupUrl: string }> {
  const { id } = parseInput(userIdSchema, input);
  const now = ctx.now();
  return ctx.db.prisma.$transaction(async (tx) => {
    const user = await requireManagedUser(tx, ctx.actor, id);
    if (!user.isActive || !user.organizationIsActive) {
      const what = user.isActive ? "This user's organization" : "This user";
      throw new AppError("conflict", `${what} is deactivated. Reactivate it first, then make a link.`);
    }
    const setupUrl = await createSetupLink(tx, { userId: id, publicUrl: ctx.publicUrl, now });
    await recordAudit(tx, ctx.actor, now, {
      action: "user.renew_setup_link",
      target: { type: "user", id, label: user.email },
      organizationId: user.organizationId,
    });
    return { email: user.email, setupUrl };
  });
}
