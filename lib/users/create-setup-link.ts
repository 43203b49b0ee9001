import { createSecret, hashSecret } from "@/lib/crypto/secret-token";
import type { Tx } from "@/lib/db/client";

export const FIRST_ADMIN_LINK_SECONDS = 60 * 60;
export const USER_LINK_SECONDS = 7 * 24 * 60 * 60;

interface NewSetupLink {
  /** Null: the link of the first admin. */
  userId: string | null;
  publicUrl: string;
  now: Date;
}

/** Makes a single-use link in place of any earlier one for the same; only the hash of its secret is kept. */
export async function createSetupLink(tx: Tx, { userId, publicUrl, now }: NewSetupLink): Promise<string> {
  const purpose = userId === null ? "first_admin" : "user";
  await tx.setupLink.deleteMany({ where: { purpose, userId } });
  const token = createSecret();
  const seconds = userId === null ? FIRST_ADMIN_LINK_SECONDS : USER_LINK_SECONDS;
  await tx.setupLink.create({
    data: {
      purpose,
      userId,
      tokenHash: hashSecret(token),
      createdAt: now,
      expiresAt: new Date(now.getTime() + seconds * 1000),
    },
  });
  return `${publicUrl}/setup/${token}`;
}
