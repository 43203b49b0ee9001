import type { z } from "zod";
import { recordAudit } from "@/lib/audit/record-audit";
import type { Origin } from "@/lib/auth/actor";
import type { Ctx } from "@/lib/auth/context";
import { passwordProblem } from "@/lib/auth/password-policy";
import { endSessions } from "@/lib/auth/sessions";
import { userActor } from "@/lib/auth/user-actor";
import { hashPassword } from "@/lib/crypto/password";
import { hashSecret } from "@/lib/crypto/secret-token";
import type { Tx } from "@/lib/db/client";
import { parseInput } from "@/lib/errors";
import { AppError, fieldError } from "@/lib/errors";
import { findProviderOrganization } from "@/lib/organizations/queries";
import { lockFirstRun } from "./lock-first-run.ts";
import { findSetupLink } from "./queries.ts";
import { choosePasswordSchema, firstAdminSchema } from "./schema.ts";

type SetupCtx = Pick<Ctx, "db" | "now">;

/**
 * Makes the first admin from the setup link that the first start printed.
 * @throws AppError `validation_failed` (the link is still good then), `setup_link_not_found`
 */
export async function acceptFirstAdminLink(
  ctx: SetupCtx,
  origin: Origin,
  token: string,
  input: z.input<typeof firstAdminSchema>,
): Promise<{ email: string }> {
  const { name, email, password } = parseInput(firstAdminSchema, input);
  await requireLink(ctx, token, "first_admin");
  const passwordHash = await hashPassword(password);
  const now = ctx.now();
  return ctx.db.prisma.$transaction(async (tx) => {
    await lockFirstRun(tx);
    const link = await spendSetupLink(tx, token, now);
    const provider = await findProviderOrganization(tx);
    const taken = await tx.user.findFirst({ select: { id: true } });
    if (link?.purpose !== "first_admin" || !provider || taken) throw linkGone();
    const user = await tx.user.create({
      data: {
        name,
        email,
        passwordHash,
        role: "platform_admin",
        organizationId: provider.id,
        createdAt: now,
      },
      include: { organization: true },
    });
    await recordAudit(tx, userActor(user, null, origin), now, {
      action: "user.create",
      target: { type: "user", id: user.id, label: email },
      organizationId: provider.id,
      after: { email, name, role: user.role, password: "set" },
    });
    return { email };
  });
}

/**
 * Gives an invited user the password they chose.
 * @throws AppError `validation_failed` (the link is still good then), `setup_link_not_found`
 */
export async function acceptUserLink(
  ctx: SetupCtx,
  origin: Origin,
  token: string,
  input: z.input<typeof choosePasswordSchema>,
): Promise<{ email: string }> {
  const { password } = parseInput(choosePasswordSchema, input);
  await requireLink(ctx, token, "user");
  const passwordHash = await hashPassword(password);
  const now = ctx.now();
  return ctx.db.prisma.$transaction(async (tx) => {
    const link = await spendSetupLink(tx, token, now);
    if (!link?.userId) throw linkGone();
    const user = await tx.user.findUniqueOrThrow({
      where: { id: link.userId },
      include: { organization: true },
    });
    if (!user.isActive || !user.organization.isActive) throw linkGone();
    const problem = passwordProblem(password, user.email);
    // Thrown inside the transaction: the link is not spent.
    if (problem) throw fieldError("password", problem);
    await tx.user.update({ where: { id: user.id }, data: { passwordHash } });
    await endSessions(tx, user.id);
    await recordAudit(tx, userActor(user, null, origin), now, {
      action: "user.accept_setup_link",
      target: { type: "user", id: user.id, label: user.email },
      organizationId: user.organizationId,
      after: { password: "set" },
    });
    return { email: user.email };
  });
}

/** A look before the costly hashing, so that strangers without a link cannot make this server work. */
async function requireLink(ctx: SetupCtx, token: string, purpose: "first_admin" | "user"): Promise<void> {
  if ((await findSetupLink(ctx.db, token, ctx.now())).state !== purpose) throw linkGone();
}

/** Takes the link's row away: of two at once, the second finds none, whoever commits first. */
async function spendSetupLink(tx: Tx, token: string, now: Date) {
  const [link] = await tx.$queryRaw<{ purpose: "first_admin" | "user"; userId: string | null }[]>`
    DELETE FROM "SetupLink" WHERE "tokenHash" = ${hashSecret(token)} AND "purpose" <> 'sign_in' AND "expiresAt" > ${now}
    RETURNING "purpose"::text AS "purpose", "userId"`;
  return link;
}

function linkGone(): AppError {
  return new AppError(
    "setup_link_not_found",
    "This setup link was used already or has expired. Sign in if you have a password, or ask for a new link.",
  );
}
