import { actorOrganizationId, isProviderContext } from "@/lib/auth/actor";
import type { Ctx } from "@/lib/auth/context";
import { may } from "@/lib/auth/permissions";
import { Prisma } from "@/lib/db/generated/client";
import { readHealthRows } from "./read-health-rows";
import { IN_TROUBLE, OF_ACTIVE, troubledConnections } from "./queries";
import { healthQuery, type HealthPage, type HealthQuery } from "./schema";

/** So many that one screen holds them, and that the page stays small however large the installation is. */
const ROWS = 20;
const COLUMNS = 8;

/**
 * A part of the grid integrations × organizations: those rows and columns in which something needs attention, or all of them,
 * paged both ways. A managed organization's people see their own column alone.
 */
export async function listHealthPage(ctx: Ctx, rawQuery: Partial<HealthQuery>): Promise<HealthPage> {
  const query = healthQuery.parse(rawQuery);
  const ownId = isProviderContext(ctx.actor) ? null : (actorOrganizationId(ctx.actor) ?? "");
  const rowWhere = rowConditions(ownId, query);
  const [rowTotal, troubled] = await Promise.all([
    countOf(ctx, Prisma.sql`FROM "Integration" i WHERE ${rowWhere}`),
    countOf(ctx, troubledConnections(ownId, query)),
  ]);
  const rowPages = pagesOf(rowTotal, ROWS, query.page);
  const ids = await ctx.db.prisma.$queryRaw<{ id: string }[]>`
    SELECT i."id" FROM "Integration" i WHERE ${rowWhere}
    ORDER BY lower(i."name"), i."id" LIMIT ${ROWS} OFFSET ${(rowPages.page - 1) * ROWS}`;
  const integrationIds = ids.map(({ id }) => id);

  const columnWhere = columnConditions(ownId, query, integrationIds);
  const columnTotal = await countOf(ctx, Prisma.sql`FROM "Organization" o WHERE ${columnWhere}`);
  const columnPages = pagesOf(columnTotal, COLUMNS, query.columns);
  const columns = await ctx.db.prisma.$queryRaw<{ id: string; name: string }[]>`
    SELECT o."id", o."name" FROM "Organization" o WHERE ${columnWhere}
    ORDER BY lower(o."name"), o."id" LIMIT ${COLUMNS} OFFSET ${(columnPages.page - 1) * COLUMNS}`;
  return {
    rows: await readHealthRows(
      ctx,
      integrationIds,
      columns.map(({ id }) => id),
    ),
    columns,
    rowTotal,
    page: rowPages.page,
    pageCount: rowPages.count,
    columnTotal,
    columnPage: columnPages.page,
    columnPageCount: columnPages.count,
    troubled,
    can: { test: may(ctx.actor, "connections.test", actorOrganizationId(ctx.actor)) },
  };
}

async function countOf(ctx: Ctx, from: Prisma.Sql): Promise<number> {
  const [{ total }] = await ctx.db.prisma.$queryRaw<
    [{ total: number }]
  >`SELECT count(*)::int AS total ${from}`;
  return total;
}

function pagesOf(total: number, size: number, wanted: number): { page: number; count: number } {
  const count = Math.max(1, Math.ceil(total / size));
  return { page: Math.min(wanted, count), count };
}

function rowConditions(ownId: string | null, query: HealthQuery): Prisma.Sql {
  const conditions = [Prisma.sql`TRUE`];
  if (ownId !== null) {
    conditions.push(Prisma.sql`(i."organizationId" IS NULL OR i."organizationId" = ${ownId}::uuid)`);
  }
  if (query.integration) conditions.push(Prisma.sql`i."id" = ${query.integration}::uuid`);
  else if (query.show === "attention") {
    const organizationId = ownId ?? query.organization ?? null;
    conditions.push(Prisma.sql`(${isTroubled(organizationId)} OR ${LACKS_VALUES})`);
  }
  return Prisma.join(conditions, " AND ");
}

/** Of an integration `i`: its OAuth client, its default connection or one of the organizations' own is in trouble. */
function isTroubled(organizationId: string | null): Prisma.Sql {
  const connections =
    organizationId === null
      ? Prisma.sql`EXISTS (SELECT FROM "Connection" c LEFT JOIN "Mapping" m ON m."id" = c."mappingId"
          WHERE c."integrationId" = i."id" AND ${IN_TROUBLE} AND ${OF_ACTIVE})`
      : Prisma.sql`(EXISTS (SELECT FROM "Connection" c
            WHERE c."integrationId" = i."id" AND c."mappingId" IS NULL AND ${IN_TROUBLE})
          OR EXISTS (SELECT FROM "Mapping" m JOIN "Connection" c ON c."mappingId" = m."id"
            WHERE m."integrationId" = i."id" AND m."organizationId" = ${organizationId}::uuid AND ${IN_TROUBLE} AND ${OF_ACTIVE}))`;
  return Prisma.sql`(${connections} OR EXISTS (SELECT FROM "OAuthClient" o
    WHERE o."integrationId" = i."id" AND o."errorCode" IS NOT NULL))`;
}

/** Without OAuth, and a required value has no default. */
const LACKS_VALUES = Prisma.sql`(EXISTS (SELECT FROM "ConfigField" f WHERE f."integrationId" = i."id" AND f."required"
    AND NOT EXISTS (SELECT FROM "ConfigValue" v WHERE v."fieldId" = f."id" AND v."mappingId" IS NULL))
  AND NOT EXISTS (SELECT FROM "OAuthClient" o WHERE o."integrationId" = i."id"))`;

function columnConditions(ownId: string | null, query: HealthQuery, integrationIds: string[]): Prisma.Sql {
  if (ownId !== null) return Prisma.sql`o."id" = ${ownId}::uuid`;
  if (query.organization) return Prisma.sql`o."id" = ${query.organization}::uuid AND o."isActive"`;
  if (query.show === "all") return Prisma.sql`o."isActive"`;
  return Prisma.sql`o."isActive" AND o."id" IN (SELECT m."organizationId" FROM "Connection" c JOIN "Mapping" m ON m."id" = c."mappingId"
    WHERE c."integrationId" = ANY(${integrationIds}::uuid[]) AND ${IN_TROUBLE})`;
}
