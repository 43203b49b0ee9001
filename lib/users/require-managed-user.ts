import { type Actor, actorOrganizationId, type Role } from "@/lib/auth/actor";
import { may, requirePermission } from "@/lib/auth/permissions";
import type { Tx } from "@/lib/db/client";
import { AppError } from "@/lib/errors";

/** A user that somebody manages, as the verbs that change users need it. */
export interface ManagedUser {
  id: string;
  email: string;
  role: Role;
  isActive: boolean;
  organizationId: string;
  organizationKind: "provider" | "managed";
  organizationIsActive: boolean;
}

/**
 * One user whom the actor manages. Another organization's user answers as if there were none. Until the transaction ends
 * no other changes users: managing people is rare, and so two admins who demote each other at once cannot both succeed.
 * @throws AppError `permission_denied`, `user_not_found`
 */
export async function requireManagedUser(tx: Tx, actor: Actor, id: string): Promise<ManagedUser> {
  requirePermission(actor, "users.write", actorOrganizationId(actor));
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended('bifrost.users', 0))`;
  const [user] = await tx.$queryRaw<ManagedUser[]>`
    SELECT u."id", u."email", u."role"::text AS "role", u."isActive", u."organizationId",
      o."kind"::text AS "organizationKind", o."isActive" AS "organizationIsActive"
    FROM "User" u JOIN "Organization" o ON o."id" = u."organizationId" WHERE u."id" = ${id}::uuid`;
  if (user && may(actor, "users.write", user.organizationId)) return user;
  throw new AppError("user_not_found", "There is no such user. Go back to the list of users.");
}

/**
 * Refuses what would leave nobody who can manage this installation. Ask {@link requireManagedUser} first: it locks.
 * @throws AppError `conflict`
 */
export async function requireAnotherPlatformAdmin(tx: Tx, user: ManagedUser): Promise<void> {
  if (user.role !== "platform_admin" || !user.isActive) return;
  const other = await tx.user.findFirst({
    where: { role: "platform_admin", isActive: true, NOT: { id: user.id } },
    select: { id: true },
  });
  if (other) return;
  throw new AppError(
    "conflict",
    `${user.email} is the last active platform admin. Make somebody else a platform admin first.`,
  );
}
