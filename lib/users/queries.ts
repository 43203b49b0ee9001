import { actorOrganizationId, isProviderContext } from "@/lib/auth/actor";
import type { Ctx } from "@/lib/auth/context";
import { requirePermission } from "@/lib/auth/permissions";
import { hashSecret } from "@/lib/crypto/secret-token";
import type { Database } from "@/lib/db/client";
import type { Prisma } from "@/lib/db/generated/client";
import { type SetupLinkView, USER_PAGE_SIZE, type UserListPage, type UserListQuery } from "./schema.ts";

/** Whether anybody can sign in yet; while nobody can, the sign-in page says where the setup link is. */
export async function hasUsers(db: Database): Promise<boolean> {
  return (await db.prisma.user.findFirst({ select: { id: true } })) !== null;
}

/** What the account page shows of a user. */
export async function findAccount(db: Database, userId: string) {
  const { passwordHash, ...account } = await db.prisma.user.findUniqueOrThrow({
    where: { id: userId },
    select: {
      name: true,
      email: true,
      role: true,
      passwordHash: true,
      organization: { select: { name: true, kind: true } },
    },
  });
  return { ...account, hasPassword: passwordHash !== null };
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

const STATUS_WHERE: Record<NonNullable<UserListQuery["status"]>, Prisma.UserWhereInput> = {
  active: { isActive: true, passwordHash: { not: null } },
  invited: { isActive: true, passwordHash: null },
  inactive: { isActive: false },
};

/**
 * One page of the users that the actor manages, by address: all for a platform admin, else the own organization's.
 * @throws AppError `permission_denied`
 */
export async function listUsers(ctx: Pick<Ctx, "actor" | "db">, query: UserListQuery): Promise<UserListPage> {
  const ownId = actorOrganizationId(ctx.actor);
  requirePermission(ctx.actor, "users.write", ownId);
  const holds = { contains: query.q, mode: "insensitive" } as const;
  const where: Prisma.UserWhereInput = {
    AND: [
      isProviderContext(ctx.actor) || ownId === null ? {} : { organizationId: ownId },
      query.organization ? { organizationId: query.organization } : {},
      query.q === "" ? {} : { OR: [{ email: holds }, { name: holds }] },
      query.role ? { role: query.role } : {},
      query.status ? STATUS_WHERE[query.status] : {},
    ],
  };
  const total = await ctx.db.prisma.user.count({ where });
  const pageCount = Math.max(1, Math.ceil(total / USER_PAGE_SIZE));
  const page = Math.min(query.page, pageCount);
  const users = await ctx.db.prisma.user.findMany({
    where,
    orderBy: { email: "asc" },
    skip: (page - 1) * USER_PAGE_SIZE,
    take: USER_PAGE_SIZE,
    include: { organization: { select: { id: true, name: true, kind: true, isActive: true } } },
  });
  const rows = users.map((user) => ({
    id: user.id,
    email: user.email,
    name: user.name,
    role: user.role,
    organization: user.organization,
    status: !user.isActive
      ? ("inactive" as const)
      : user.passwordHash === null
        ? ("invited" as const)
        : ("active" as const),
    lastSignInAt: user.lastSignInAt?.toISOString() ?? null,
    createdAt: user.createdAt.toISOString(),
  }));
  return { rows, total, page, pageCount };
}
