import { readAuditCursor, writeAuditCursor } from "@/lib/audit/filter";
import { actorOrganizationId, isOutsider, isProviderContext } from "@/lib/auth/actor";
import type { Ctx } from "@/lib/auth/context";
import { may } from "@/lib/auth/permissions";
import { Prisma } from "@/lib/db/generated/client";
import { describeTrouble } from "@/lib/health/rules";
import { integrationNotFound, visibleIntegrations } from "@/lib/integrations/queries";
import { activityListQuery, type ActivityListQuery, type ActivityPage, type ActivityRow } from "./schema";

const PAGE_SIZE = 50;

interface Row extends Pick<ActivityRow, "id" | "reason" | "outcome" | "durationMs"> {
  occurredAt: Date;
  organizationId: string | null;
  organizationName: string | null;
  code: string | null;
  message: string | null;
  /** Made with the provider's consent. */
  isDerived: boolean;
}

/**
 * Attempts to refresh an integration's connections, newest first. A managed organization's people see those of their own
 * connection alone. Each filter walks an index that is in this order.
 * @throws AppError `integration_not_found`
 */
export async function listActivityPage(
  ctx: Ctx,
  integrationId: string,
  rawQuery: Partial<ActivityListQuery>,
): Promise<ActivityPage> {
  const query = activityListQuery.parse(rawQuery);
  const integration = await ctx.db.prisma.integration.findFirst({
    where: { AND: [{ id: integrationId }, visibleIntegrations(ctx.actor)] },
    select: { organizationId: true },
  });
  if (!integration || !may(ctx.actor, "integrations.read", integration.organizationId)) {
    throw integrationNotFound();
  }
  const connections = await connectionsOf(ctx, integrationId, query.organization);
  const branches = connections?.map((id) => Prisma.sql`a."connectionId" = ${id}::uuid`) ?? [
    Prisma.sql`a."integrationId" = ${integrationId}::uuid`,
  ];
  if (branches.length === 0) return { rows: [], nextCursor: null };
  const found = await readRows(ctx, branches, query);
  const rows = found.slice(0, PAGE_SIZE);
  const last = found.length > PAGE_SIZE ? rows.at(-1) : undefined;
  const outside = isOutsider(ctx.actor, integration.organizationId);
  return {
    rows: rows.map((row) => activityRow(row, outside && row.isDerived)),
    nextCursor: last ? writeAuditCursor(last) : null,
  };
}

/** Whose attempts are read; null: everybody's. */
async function connectionsOf(
  ctx: Ctx,
  integrationId: string,
  wanted: string | undefined,
): Promise<string[] | null> {
  const isProvider = isProviderContext(ctx.actor);
  if (isProvider && wanted === undefined) return null;
  const ownId = actorOrganizationId(ctx.actor);
  // Whoever owns an integration owns its default connection.
  const own: Prisma.ConnectionWhereInput[] = [
    { mapping: { organizationId: ownId ?? "" } },
    { mappingId: null, integration: { organizationId: ownId ?? "" } },
  ];
  const chosen: Prisma.ConnectionWhereInput =
    wanted === undefined
      ? {}
      : wanted === "default"
        ? { mappingId: null }
        : { mapping: { organizationId: wanted } };
  const rows = await ctx.db.prisma.connection.findMany({
    where: { integrationId, AND: [chosen, ...(isProvider ? [] : [{ OR: own }])] },
    select: { id: true },
  });
  return rows.map(({ id }) => id);
}

async function readRows(ctx: Ctx, branches: Prisma.Sql[], query: ActivityListQuery): Promise<Row[]> {
  const conditions = [Prisma.sql`TRUE`];
  const after = readAuditCursor(query.cursor);
  if (after) {
    conditions.push(
      Prisma.sql`(a."occurredAt", a."id") < (${after.occurredAt.toISOString()}::timestamptz, ${after.id}::uuid)`,
    );
  }
  if (query.outcome === "success") conditions.push(Prisma.sql`a."outcome" = 'success'`);
  else if (query.outcome) conditions.push(Prisma.sql`a."outcome" <> 'success'`);
  if (query.outcome && query.outcome !== "success" && query.outcome !== "failed")
    conditions.push(Prisma.sql`a."outcome" = ${query.outcome}`);
  const limit = PAGE_SIZE + 1;
  const parts = branches.map(
    (branch) => Prisma.sql`(SELECT a.* FROM "ConnectionActivity" a
      WHERE ${branch} AND ${Prisma.join(conditions, " AND ")}
      ORDER BY a."occurredAt" DESC, a."id" DESC LIMIT ${limit})`,
  );
  return ctx.db.prisma.$queryRaw<Row[]>`
    SELECT a."id", a."occurredAt", a."reason", a."outcome", a."durationMs", a."code", a."message", c."kind" = 'derived' AS "isDerived",
      o."id" AS "organizationId", o."name" AS "organizationName"
    FROM (SELECT * FROM (${Prisma.join(parts, " UNION ALL ")}) p
      ORDER BY "occurredAt" DESC, "id" DESC LIMIT ${limit}) a
    JOIN "Connection" c ON c."id" = a."connectionId"
    LEFT JOIN "Mapping" m ON m."id" = c."mappingId" LEFT JOIN "Organization" o ON o."id" = m."organizationId"
    ORDER BY a."occurredAt" DESC, a."id" DESC`;
}

function activityRow({ isDerived: _, ...row }: Row, outside: boolean): ActivityRow {
  const { organizationId, organizationName, code, message, occurredAt, ...rest } = row;
  const status = row.outcome === "needs_person" ? "reconnect_required" : "degraded";
  const trouble = { code: code ?? "", message, since: null, nextTryAt: null };
  const viewer = { mayConnect: false, mayEdit: false, isOutsider: outside };
  const words = code === null ? null : describeTrouble(trouble, status, viewer);
  return {
    ...rest,
    occurredAt: occurredAt.toISOString(),
    organization:
      organizationId !== null && organizationName !== null
        ? { id: organizationId, name: organizationName }
        : null,
    what: words?.what ?? null,
    quote: words?.quote ?? null,
    note: words?.note ?? null,
  };
}
