import type { Origin } from "@/lib/auth/actor";
import type { Ctx } from "@/lib/auth/context";
import { signIn } from "@/lib/auth/sign-in";
import { hashSecret } from "@/lib/crypto/secret-token";

/**
 * Spends a sign-in link and opens a session for its user.
 * @returns whose session and its `sid`; null when the link was used, has expired or never was
 */
export async function acceptSignInLink(
  ctx: Pick<Ctx, "db" | "now">,
  origin: Origin,
  token: string,
): Promise<{ userId: string; sid: string } | null> {
  const now = ctx.now();
  const [link] = await ctx.db.prisma.$queryRaw<{ userId: string }[]>`
    DELETE FROM "SetupLink"
    WHERE "tokenHash" = ${hashSecret(token)} AND "purpose" = 'sign_in' AND "expiresAt" > ${now}
    RETURNING "userId"`;
  if (!link) return null;
  const sid = await signIn(ctx.db, link.userId, "sign_in_link", origin, now);
  return sid === null ? null : { userId: link.userId, sid };
}
