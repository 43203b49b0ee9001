import { createHash } from "node:crypto";
import ipaddr from "ipaddr.js";
import type { Database } from "@/lib/db/client";

/** What failed sign-ins are counted for: an account, known or not, or an address. */
export interface Bucket {
  id: string;
  /** Failures before the first wait. */
  freeFailures: number;
}

const WINDOW_SECONDS = 60 * 60;
const FIRST_WAIT_SECONDS = 30;
const LONGEST_WAIT_SECONDS = 15 * 60;

function bucket(kind: string, value: string, freeFailures: number): Bucket {
  return { id: createHash("sha256").update(`${kind}:${value}`).digest("hex"), freeFailures };
}

/** Counts by e-mail address whether or not somebody has it, so that being throttled tells nothing. */
export function accountBucket(email: string): Bucket {
  return bucket("account", email.toLowerCase(), 5);
}

/** An office shares one IPv4 address, so it may fail more often; of IPv6 the /64 counts, which one host owns. */
export function addressBucket(ipAddress: string): Bucket {
  return bucket("address", networkOf(ipAddress), 25);
}

function networkOf(ipAddress: string): string {
  if (!ipaddr.isValid(ipAddress)) return ipAddress;
  const address = ipaddr.process(ipAddress);
  if (address.kind() === "ipv4") return address.toString();
  return address.toByteArray().slice(0, 8).join(".");
}

// The attempt counts as failed before the password is looked at: a hundred guesses at once are then a hundred
// counted guesses, not one. Blocked: the WHERE lets nothing through and no row comes back.
const CLAIM = `
  INSERT INTO "SignInThrottle" AS t ("bucket", "failures", "windowEndsAt")
  VALUES ($1, 1, $2::timestamptz + make_interval(secs => $4))
  ON CONFLICT ("bucket") DO UPDATE SET
    "failures" = CASE WHEN t."windowEndsAt" > $2 THEN t."failures" + 1 ELSE 1 END,
    "windowEndsAt" = EXCLUDED."windowEndsAt",
    "blockedUntil" = CASE WHEN t."windowEndsAt" > $2 AND t."failures" + 1 >= $3
      THEN $2::timestamptz + make_interval(secs => LEAST($6, $5 * 2 ^ LEAST(t."failures" + 1 - $3, 20))) END
  WHERE t."blockedUntil" IS NULL OR t."blockedUntil" <= $2
  RETURNING 1`;

/**
 * Counts one attempt, or refuses it.
 * @returns 0, or how many seconds to wait: 30 after the free failures, doubling with each more, up to 15 minutes.
 */
export async function claimAttempt(db: Database, { id, freeFailures }: Bucket, now: Date): Promise<number> {
  const claimed = await db.pool.query(CLAIM, [
    id,
    now,
    freeFailures,
    WINDOW_SECONDS,
    FIRST_WAIT_SECONDS,
    LONGEST_WAIT_SECONDS,
  ]);
  if (claimed.rows.length > 0) return 0;
  const row = await db.prisma.signInThrottle.findUnique({ where: { bucket: id } });
  const waitMs = (row?.blockedUntil?.getTime() ?? now.getTime()) - now.getTime();
  return Math.max(1, Math.ceil(waitMs / 1000));
}

/** After a success: the account starts afresh. */
export async function forgetFailures(db: Database, { id }: Bucket): Promise<void> {
  await db.prisma.signInThrottle.deleteMany({ where: { bucket: id } });
}

/** After a success: takes back this one attempt alone, so that a good account does not clear an address. */
export async function takeBackAttempt(db: Database, { id, freeFailures }: Bucket): Promise<void> {
  await db.pool.query(
    `UPDATE "SignInThrottle" SET "failures" = GREATEST("failures" - 1, 0),
       "blockedUntil" = CASE WHEN "failures" - 1 >= $2 THEN "blockedUntil" END
     WHERE "bucket" = $1`,
    [id, freeFailures],
  );
}
