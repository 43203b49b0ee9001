import { hashSecret } from "@/lib/crypto/secret-token";
import type { Database } from "@/lib/db/client";
import type { SetupLinkView } from "./schema.ts";

/** Whether anybody can sign in yet; while nobody can, the sign-in page says where the setup link is. */
export async function hasUsers(db: Database): Promise<boolean> {
  return (await db.prisma.user.findFirst({ select: { id: true } })) !== null;
}

/** What the account page shows of a user. */
export async function findAccount(db: Database, userId: string) {
  return db.prisma.user.findUniqueOrThrow({
    where: { id: userId },
    select: {
      name: true,
      email: true,
      role: true,
      passwordHash: false,
      organization: { select: { name: true, kind: true } },
    },
  });
}

/** What a setup link is for. Looking uses nothing up: previews of links must not spend them. */
export async function findSetupLink(db: Database, token: string, now: Date): Promise<SetupLinkView> {
  const link = await db.prisma.setupLink.findUnique({
    where: { tokenHash: hashSecret(token) },
    include: { user: { include: { organization: true } } },
  });
  if (!link || link.purpose === "sign_in") return { state: "unknown" };
  if (link.purpose === "first_admin" && (await hasUsers(db))) return { state: "unknown" };
  if (link.expiresAt <= now) return { state: "expired", purpose: link.purpose };
  if (link.purpose === "first_admin") return { state: "first_admin" };
  if (!link.user?.isActive || !link.user.organization.isActive) return { state: "unknown" };
  return { state: "user", email: link.user.email, organizationName: link.user.organization.name };
}
