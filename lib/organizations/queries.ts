import { actorOrganizationId, isProviderContext } from "@/lib/auth/actor";
import type { Ctx } from "@/lib/auth/context";
import { requirePermission } from "@/lib/auth/permissions";
import type { Tx } from "@/lib/db/client";
import { Prisma } from "@/lib/db/generated/client";
import {
  ORGANIZATION_PAGE_SIZE,
  type OrganizationListPage,
  type OrganizationListQuery,
  type OrganizationListRow,
  type OrganizationSummary,
} from "./schema.ts";

const summary = { id: true, name: true, kind: true, isActive: true } as const;

/** One organization, or null. The caller has checked that it may be seen. */
export async function findOrganization(db: Tx, id: string): Promise<OrganizationSummary | null> {
  return db.organization.findUnique({ where: { id }, select: summary });
}

/** The provider organization, or null before the first start. */
export async function findProviderOrganization(db: Tx): Promise<OrganizationSummary | null> {
  return db.organization.findFirst({ where: { kind: "provider" }, select: summary });
}

type ReadCtx = Pick<Ctx, "actor" | "db" | "now">;

/** Matches a name that holds these words; what stands for itself is no wildcard. */
function nameHolds(words: string): Prisma.Sql {
  return words === ""
    ? Prisma.sql`TRUE`
    : Prisma.sql`o."name" ILIKE ${`%${words.replace(/[\\%_]/g, "\\$&")}%`}`;
}

/** What the actor may see: everything for the provider's people, else its own organization. */
function visible(ctx: ReadCtx): Prisma.Sql {
  return isProviderContext(ctx.actor)
    ? Prisma.sql`TRUE`
    : Prisma.sql`o."id" = ${actorOrganizationId(ctx.actor)}::uuid`;
}

/**
 * The first organizations by name that hold these words: what a picker offers.
 * @throws AppError `permission_denied`
 */
export async function searchOrganizations(
  ctx: ReadCtx,
  words: string,
  limit: number,
  { onlyActive = false } = {},
): Promise<OrganizationSummary[]> {
  requirePermission(ctx.actor, "organizations.read", actorOrganizationId(ctx.actor));
  return ctx.db.prisma.$queryRaw<OrganizationSummary[]>`
    SELECT o."id", o."name", o."kind"::text AS "kind", o."isActive" FROM "Organization" o
    WHERE ${visible(ctx)} AND ${nameHolds(words)} AND (o."isActive" OR NOT ${onlyActive}::boolean)
    ORDER BY lower(o."name") LIMIT ${limit}`;
}

/**
 * One page of the organizations by name, filtered and counted by the database.
 * @throws AppError `permission_denied`
 */
export async function listOrganizationRows(
  ctx: ReadCtx,
  query: OrganizationListQuery,
): Promise<OrganizationListPage> {
  requirePermission(ctx.actor, "organizations.read", actorOrganizationId(ctx.actor));
  const status = query.status ? Prisma.sql`o."isActive" = ${query.status === "active"}` : Prisma.sql`TRUE`;
  const where = Prisma.sql`${visible(ctx)} AND ${nameHolds(query.q)} AND ${status}`;
  const [{ total }] = await ctx.db.prisma.$queryRaw<[{ total: number }]>`
    SELECT count(*)::int AS total FROM "Organization" o WHERE ${where}`;
  const pageCount = Math.max(1, Math.ceil(total / ORGANIZATION_PAGE_SIZE));
  const page = Math.min(query.page, pageCount);
  const rows = await ctx.db.prisma.$queryRaw<
    (Omit<OrganizationListRow, "createdAt"> & { createdAt: Date })[]
  >`
    SELECT o.*,
      (SELECT count(*)::int FROM "Mapping" m WHERE m."organizationId" = o."id") AS "mappings",
      (SELECT count(*)::int FROM "User" u WHERE u."organizationId" = o."id" AND u."isActive") AS "activeUsers",
      (SELECT count(*)::int FROM "ApiKey" k WHERE k."organizationId" = o."id" AND k."revokedAt" IS NULL
        AND (k."expiresAt" IS NULL OR k."expiresAt" > ${ctx.now()})) AS "activeKeys"
    FROM (SELECT o."id", o."name", o."kind"::text AS "kind", o."isActive", o."createdAt" FROM "Organization" o
      WHERE ${where} ORDER BY lower(o."name")
      LIMIT ${ORGANIZATION_PAGE_SIZE} OFFSET ${(page - 1) * ORGANIZATION_PAGE_SIZE}) o
    ORDER BY lower(o."name")`;
  return {
    rows: rows.map((row) => ({ ...row, createdAt: row.createdAt.toISOString() })),
    total,
    page,
    pageCount,
  };
}
