import { recordAudit } from "@/lib/audit/record-audit";
import type { Ctx } from "@/lib/auth/context";
import { passwordProblem } from "@/lib/auth/password-policy";
import { endSessions } from "@/lib/auth/sessions";
import { accountBucket, claimAttempt, forgetFailures } from "@/lib/auth/throttle";
import { hashPassword, verifyPassword } from "@/lib/crypto/password";
import { parseInput } from "@/lib/errors";
import { AppError, fieldError } from "@/lib/errors";
import { requireUser } from "./require-user.ts";
import { NO_PASSWORD } from "./rules.ts";
import { changePasswordSchema, type ChangePasswordInput } from "./schema.ts";

/**
 * Changes the caller's own password and ends all their other sessions.
 * @returns how many sessions were ended
 * @throws AppError `validation_failed`; `conflict` where there is no password to change; `rate_limited` after too many wrong current passwords, which count together
 *   with failed sign-ins: a stolen session must not be a way to guess the password.
 */
export async function changePassword(
  ctx: Pick<Ctx, "actor" | "db" | "now">,
  input: ChangePasswordInput,
): Promise<{ endedSessions: number }> {
  const actor = requireUser(ctx.actor);
  const { currentPassword, newPassword } = parseInput(changePasswordSchema, input);
  const problem = passwordProblem(newPassword, actor.label);
  if (problem) throw fieldError("newPassword", problem);
  const now = ctx.now();

  const user = await ctx.db.prisma.user.findUniqueOrThrow({ where: { id: actor.id } });
  if (user.passwordHash === null) throw new AppError("conflict", NO_PASSWORD);
  const bucket = accountBucket(actor.label);
  const retryAfterSeconds = await claimAttempt(ctx.db, bucket, now);
  if (retryAfterSeconds > 0) {
    throw new AppError("rate_limited", `Too many attempts. Try again in ${retryAfterSeconds} seconds.`, {
      retryAfterSeconds,
    });
  }
  if (!(await verifyPassword(currentPassword, user.passwordHash))) {
    throw fieldError("currentPassword", "This is not your current password. Enter the one you sign in with.");
  }
  await forgetFailures(ctx.db, bucket);
  const passwordHash = await hashPassword(newPassword);

  return ctx.db.prisma.$transaction(async (tx) => {
    // The hash that was checked is still the one stored, or somebody changed the password meanwhile.
    const changed = await tx.user.updateMany({
      where: { id: actor.id, passwordHash: user.passwordHash },
      data: { passwordHash },
    });
    if (changed.count === 0) {
      throw new AppError("conflict", "The password was changed elsewhere meanwhile. Sign in again.");
    }
    const endedSessions = await endSessions(tx, actor.id, actor.sid);
    await recordAudit(tx, actor, now, {
      action: "user.change_password",
      target: { type: "user", id: actor.id, label: actor.label },
      organizationId: actor.organizationId,
      after: { password: "changed", endedSessions },
    });
    return { endedSessions };
  });
}
