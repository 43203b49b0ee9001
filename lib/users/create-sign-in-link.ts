import { recordAudit } from "@/lib/audit/record-audit";
import type { Ctx } from "@/lib/auth/context";
import { createSecret, hashSecret } from "@/lib/crypto/secret-token";
import { AppError } from "@/lib/errors";

export const SIGN_IN_LINK_SECONDS = 12 * 60 * 60;

/**
 * Makes a link that signs an existing user in: single use, good for 12 hours, in place of any earlier one. Only who has a
 * shell on the server may: it is how a locked-out admin gets back, and how the demo begins.
 * @throws AppError `permission_denied`, `user_not_found`
 */
export async function createSignInLink(ctx: Ctx, { email }: { email: string }): Promise<string> {
  if (ctx.actor.type !== "operator") {
    throw new AppError("permission_denied", "Sign-in links are made on the server's command line alone.");
  }
  const now = ctx.now();
  const token = createSecret();
  await ctx.db.prisma.$transaction(async (tx) => {
    const user = await tx.user.findUnique({ where: { email: email.trim().toLowerCase() } });
    if (!user?.isActive) {
      throw new AppError("user_not_found", `There is no active user ${email}. Create one with: user create.`);
    }
    await tx.setupLink.deleteMany({ where: { purpose: "sign_in", userId: user.id } });
    await tx.setupLink.create({
      data: {
        purpose: "sign_in",
        userId: user.id,
        tokenHash: hashSecret(token),
        createdAt: now,
        expiresAt: new Date(now.getTime() + SIGN_IN_LINK_SECONDS * 1_000),
      },
    });
    await recordAudit(tx, ctx.actor, now, {
      action: "user.create_sign_in_link",
      target: { type: "user", id: user.id, label: user.email },
      organizationId: user.organizationId,
    });
  });
  return `${ctx.publicUrl}/sign-in/link/${token}`;
}
