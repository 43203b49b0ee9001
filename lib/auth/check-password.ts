import { spendPasswordTime, verifyPassword } from "@/lib/crypto/password";
import type { Database } from "@/lib/db/client";
import type { Origin } from "./actor.ts";
import { accountBucket, addressBucket, claimAttempt, forgetFailures, takeBackAttempt } from "./throttle.ts";

export type PasswordCheck =
  | { ok: true; userId: string }
  | { ok: false; reason: "wrong" }
  | { ok: false; reason: "throttled"; retryAfterSeconds: number };

/**
 * Checks an e-mail address and a password, throttled per account and per address. An unknown, an invited and a
 * deactivated user get the same answer after the same time as a wrong password.
 */
export async function checkPassword(
  db: Database,
  credentials: { email: string; password: string },
  origin: Origin,
  now: Date,
): Promise<PasswordCheck> {
  const email = credentials.email.trim().toLowerCase();
  const account = accountBucket(email);
  const address = origin.ipAddress === null ? null : addressBucket(origin.ipAddress);
  for (const bucket of address ? [account, address] : [account]) {
    const retryAfterSeconds = await claimAttempt(db, bucket, now);
    if (retryAfterSeconds > 0) return { ok: false, reason: "throttled", retryAfterSeconds };
  }

  const user = await db.prisma.user.findUnique({
    where: { email },
    select: { id: true, passwordHash: true, isActive: true, organization: { select: { isActive: true } } },
  });
  const matches = user?.passwordHash
    ? await verifyPassword(credentials.password, user.passwordHash)
    : await spendPasswordTime(credentials.password);
  if (!user || !matches || !user.isActive || !user.organization.isActive)
    return { ok: false, reason: "wrong" };

  await forgetFailures(db, account);
  if (address) await takeBackAttempt(db, address);
  return { ok: true, userId: user.id };
}
