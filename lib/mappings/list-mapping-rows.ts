import { actorOrganizationId, isProviderContext } from "@/lib/auth/actor";
import type { Ctx } from "@/lib/auth/context";
import { may } from "@/lib/auth/permissions";
import { Prisma } from "@/lib/db/generated/client";
import { describeTrouble, nextAttemptAt, type Viewer } from "@/lib/health/rules";
import { integrationNotFound, visibleIntegrations } from "@/lib/integrations/queries";
import { chooseConnection, hasOwnTokenUrl, type Serving } from "@/lib/integrations/rules";
import { listPlaceholders } from "@/lib/oauth/templates";
import { judgeEntity, MAPPING_PAGE_SIZE } from "./rules";
import {
  mappingListQuery,
  type MappingListQuery,
  type MappingRow,
  type MappingRowPage,
  type ServingView,
} from "./schema";

const needed = {
  oauthClient: { select: { flowType: true, tokenUrl: true, errorCode: true, probeAt: true } },
  configFields: {
    where: { required: true, values: { none: { mappingId: null } } },
    orderBy: { position: "asc" },
    select: { id: true, key: true },
  },
  connections: { where: { mappingId: null } },
} satisfies Prisma.IntegrationInclude;
type IntegrationRow = Prisma.IntegrationGetPayload<{ include: typeof needed }>;

interface Row {
  organizationId: string;
  organizationName: string;
  isActive: boolean;
  mappingId: string | null;
  entityId: string | null;
  entityName: string | null;
  overrides: number;
  missing: string[];
  ownStatus: IntegrationRow["connections"][number]["status"] | null;
  ownKind: IntegrationRow["connections"][number]["kind"] | null;
  /** Keys of fields that the mapping overrides and the token URL uses. */
  steered: string[];
  ownError: string | null;
  ownErrorCode: string | null;
  ownErrorSince: Date | null;
  dueAt: Date | null;
  nextTryAt: Date | null;
  forbiddenUntil: Date | null;
  ownAccount: string | null;
  ownTenant: string | null;
  ownEntityId: string | null;
  waiting: boolean;
  /** Of all rows, on every page. */
  total: number;
}

/**
 * One page of the Mappings tab: every organization that the integration is for, mapped or not, searched, filtered and paged
 * by the database.
 * @throws AppError `integration_not_found`
 */
export async function listMappingRows(
  ctx: Ctx,
  integrationId: string,
  rawQuery: Partial<MappingListQuery>,
): Promise<MappingRowPage> {
  const { prisma } = ctx.db;
  const query = mappingListQuery.parse(rawQuery);
  const integration = await prisma.integration.findFirst({
    where: { AND: [{ id: integrationId }, visibleIntegrations(ctx.actor)] },
    include: needed,
  });
  if (!integration || !may(ctx.actor, "mappings.read", actorOrganizationId(ctx.actor))) {
    throw integrationNotFound();
  }
  const found = conditions(ctx, integration, query);
  // What few rows may pass is looked for once, for their number and the page. Else the page comes from an index.
  const isSearch = query.q !== "" || query.filter === "attention" || query.status !== undefined;
  const source = isSearch ? searchedPage(found, query.page) : await countedPage(ctx, found, query.page);
  const rows = await readPage(ctx, integration, source);
  const total = rows[0]?.total ?? 0;
  const pageCount = Math.max(1, Math.ceil(total / MAPPING_PAGE_SIZE));
  const page = Math.min(query.page, pageCount);
  const sharers = await findSharers(ctx, integrationId, rows);
  return {
    rows: rows.map((row) => mappingRow(ctx, integration, row, sharers)),
    total,
    page,
    pageCount,
  };
}

interface Conditions {
  from: Prisma.Sql;
  where: Prisma.Sql;
}

function conditions(ctx: Ctx, integration: IntegrationRow, query: MappingListQuery): Conditions {
  const from = Prisma.sql`
    FROM "Organization" o
    LEFT JOIN "Mapping" m ON m."integrationId" = ${integration.id}::uuid AND m."organizationId" = o."id"
    LEFT JOIN "Connection" c ON c."mappingId" = m."id" AND c."status" <> 'not_connected'`;
  // By its "organizationId", which stands in the index that finds a mapping, and not by its id, which does not.
  const isMapped = Prisma.sql`m."organizationId" IS NOT NULL`;
  const where = [Prisma.sql`(o."isActive" OR ${isMapped})`];
  const onlyId = isProviderContext(ctx.actor) ? integration.organizationId : actorOrganizationId(ctx.actor);
  if (onlyId !== null) where.push(Prisma.sql`o."id" = ${onlyId}::uuid`);
  if (query.q !== "") {
    const pattern = `%${query.q.replace(/[\\%_]/g, "\\$&")}%`;
    // One way at a time, each over its own table: joined first, every row would be held against all three.
    where.push(Prisma.sql`o."id" IN (SELECT n."id" FROM "Organization" n WHERE lower(n."name") LIKE lower(${pattern})
      UNION ALL SELECT n."organizationId" FROM "Mapping" n WHERE n."integrationId" = ${integration.id}::uuid
        AND (n."entityId" ILIKE ${pattern} OR n."entityName" ILIKE ${pattern}))`);
  }
  const missing = missesSomething(integration);
  const failing = Prisma.sql`m."id" IN (SELECT x."mappingId" FROM "Connection" x
    WHERE x."integrationId" = ${integration.id}::uuid AND x."mappingId" IS NOT NULL
      AND x."status" IN ('degraded', 'reconnect_required'))`;
  // Instead of the first condition, not beside it: the plan for less is the better one.
  if (query.filter === "mapped") where[0] = isMapped;
  if (query.filter === "unmapped") where[0] = Prisma.sql`o."isActive" AND m."organizationId" IS NULL`;
  if (query.filter === "missing") where.push(missing);
  if (query.filter === "attention") {
    where[0] = Prisma.sql`${isMapped} AND (${failing} OR ${missing})`;
  }
  if (query.status) where.push(Prisma.sql`${servedStatus(integration)} = ${query.status}`);
  return { from, where: Prisma.join(where, " AND ") };
}

/** Lacks one of the required fields that have no default. Of mappings that have them all there are few to look up. */
function missesSomething(integration: IntegrationRow): Prisma.Sql {
  const ids = neededIds(integration);
  if (ids.length === 0) return Prisma.sql`FALSE`;
  return Prisma.sql`NOT EXISTS (SELECT FROM (SELECT v."mappingId" FROM "ConfigValue" v
    WHERE v."fieldId" = ANY(${ids}::uuid[]) AND v."mappingId" IS NOT NULL
    GROUP BY v."mappingId" HAVING count(*) = ${ids.length}) AS whole WHERE whole."mappingId" = m."id")`;
}

function placeholdersOf({ oauthClient }: IntegrationRow): string[] {
  return listPlaceholders(oauthClient?.tokenUrl ?? "");
}

function neededIds(integration: IntegrationRow): string[] {
  return integration.configFields.map(({ id }) => id);
}

/** The status of the connection that serves a row, as the rules choose it: by organization only the mapping differs. */
function servedStatus(integration: IntegrationRow): Prisma.Sql {
  const status = (isMapped: boolean) =>
    choose(integration, { organizationId: "", isMapped, hasOwn: false, hasOwnTokenUrl: false }).source ===
    "default"
      ? (integration.connections[0]?.status ?? "not_connected")
      : "not_connected";
  return Prisma.sql`coalesce(c."status"::text, CASE WHEN m."id" IS NULL THEN ${status(false)}::text ELSE ${status(true)}::text END)`;
}

function choose(
  integration: IntegrationRow,
  row: { organizationId: string; isMapped: boolean; hasOwn: boolean; hasOwnTokenUrl: boolean },
): Serving {
  return chooseConnection({
    // Of an integration that somebody owns only the owner's row is listed.
    targetId: row.organizationId === "" ? (integration.organizationId ?? "") : row.organizationId,
    ownerId: integration.organizationId,
    policy: integration.organizationPolicy,
    isMapped: row.isMapped,
    hasOwnTokenUrl: row.hasOwnTokenUrl,
    hasOwnConnection: row.hasOwn,
    flowType: integration.oauthClient?.flowType ?? "authorization_code",
    tokenUrl: integration.oauthClient?.tokenUrl ?? "",
  });
}

/** Statements for a WITH clause: `page` has the ids of a page's rows, `size` the number of all rows. */
type PageSource = Prisma.Sql;

const PAGE_SIZE_SQL = Prisma.raw(String(MAPPING_PAGE_SIZE));

/** Rows of the second half are counted off from the end. */
async function countedPage(ctx: Ctx, { from, where }: Conditions, wanted: number): Promise<PageSource> {
  const [{ total }] = await ctx.db.prisma.$queryRaw<[{ total: number }]>`
    SELECT count(*)::int AS total ${from} WHERE ${where}`;
  const offset =
    (Math.min(wanted, Math.max(1, Math.ceil(total / MAPPING_PAGE_SIZE))) - 1) * MAPPING_PAGE_SIZE;
  const count = Math.max(0, Math.min(MAPPING_PAGE_SIZE, total - offset));
  const isFromEnd = offset > total / 2;
  const order = isFromEnd ? Prisma.sql`lower(o."name") DESC` : Prisma.sql`lower(o."name")`;
  const skipped = isFromEnd ? total - offset - count : offset;
  return Prisma.sql`size AS (SELECT ${total}::int AS "total"),
    page AS MATERIALIZED (SELECT o."id", m."id" AS "mappingId" ${from} WHERE ${where}
      ORDER BY ${order} LIMIT ${Prisma.raw(String(count))} OFFSET ${Prisma.raw(String(skipped))})`;
}

function searchedPage({ from, where }: Conditions, wanted: number): PageSource {
  return Prisma.sql`hits AS MATERIALIZED (
      SELECT o."id", m."id" AS "mappingId", lower(o."name") AS "order" ${from} WHERE ${where}),
    size AS MATERIALIZED (SELECT count(*)::int AS "total" FROM hits),
    page AS MATERIALIZED (SELECT "id", "mappingId" FROM hits ORDER BY "order" LIMIT ${PAGE_SIZE_SQL}
      OFFSET (SELECT greatest(0, least(${wanted - 1}::int, ("total" - 1) / ${PAGE_SIZE_SQL})) FROM size) * ${PAGE_SIZE_SQL})`;
}

/** First which rows, in their order, then what they show: else that would be found out for every row skipped too. */
async function readPage(ctx: Ctx, integration: IntegrationRow, source: PageSource): Promise<Row[]> {
  return ctx.db.prisma.$queryRaw<Row[]>`
    WITH ${source}
    SELECT o."id" AS "organizationId", o."name" AS "organizationName", o."isActive",
      m."id" AS "mappingId", m."entityId", m."entityName",
      c."status" AS "ownStatus", c."kind" AS "ownKind", c."errorMessage" AS "ownError",
      c."errorCode" AS "ownErrorCode", c."errorSince" AS "ownErrorSince", c."dueAt", c."nextTryAt", c."forbiddenUntil",
      ARRAY(SELECT f."key" FROM "ConfigField" f JOIN "ConfigValue" v ON v."fieldId" = f."id" AND v."mappingId" = m."id"
        WHERE f."integrationId" = ${integration.id}::uuid AND f."key" = ANY(${placeholdersOf(integration)})) AS "steered",
      coalesce(c."accountLabel", c."accountSubject") AS "ownAccount", c."accountTenant" AS "ownTenant",
      c."entityId" AS "ownEntityId",
      (SELECT count(*)::int FROM "ConfigValue" v WHERE v."mappingId" = m."id") AS "overrides",
      ARRAY(SELECT f."key" FROM "ConfigField" f WHERE f."id" = ANY(${neededIds(integration)}::uuid[])
        AND NOT EXISTS (SELECT FROM "ConfigValue" v WHERE v."mappingId" = m."id" AND v."fieldId" = f."id")
        ORDER BY f."position") AS "missing",
      EXISTS (SELECT FROM "Handshake" h WHERE h."mappingId" = m."id" AND h."expiresAt" > ${ctx.now()}) AS "waiting",
      size."total"
    FROM size CROSS JOIN page JOIN "Organization" o ON o."id" = page."id"
    LEFT JOIN "Mapping" m ON m."id" = page."mappingId"
    LEFT JOIN "Connection" c ON c."mappingId" = m."id" AND c."status" <> 'not_connected'
    ORDER BY lower(o."name")`;
}

interface Sharer {
  entityId: string;
  mappingId: string;
  organizationName: string;
}

/** For the entity IDs of a page, up to four organizations each that have them. A managed caller sees no others' names. */
async function findSharers(ctx: Ctx, integrationId: string, rows: Row[]): Promise<Sharer[]> {
  const entityIds = [...new Set(rows.flatMap(({ entityId }) => (entityId === null ? [] : [entityId])))];
  if (!isProviderContext(ctx.actor) || entityIds.length === 0) return [];
  return ctx.db.prisma.$queryRaw<Sharer[]>`
    SELECT e."entityId", s."mappingId", s."organizationName" FROM unnest(${entityIds}::text[]) AS e("entityId")
    CROSS JOIN LATERAL (
      SELECT m."id" AS "mappingId", o."name" AS "organizationName" FROM "Mapping" m
      JOIN "Organization" o ON o."id" = m."organizationId"
      WHERE m."integrationId" = ${integrationId}::uuid AND m."entityId" = e."entityId" ORDER BY m."id" LIMIT 4) s`;
}

function mappingRow(ctx: Ctx, integration: IntegrationRow, row: Row, sharers: Sharer[]): MappingRow {
  const { organizationId } = row;
  const isMapped = row.mappingId !== null;
  const entityId = row.entityId ?? integration.defaultEntityId;
  const can = {
    write: row.isActive && may(ctx.actor, "mappings.write", organizationId),
    steer: isProviderContext(ctx.actor) || integration.organizationId === organizationId,
    connect: row.isActive && isMapped && may(ctx.actor, "connections.connect", organizationId),
  };
  return {
    organization: { id: organizationId, name: row.organizationName, isActive: row.isActive },
    mapping:
      row.mappingId === null
        ? null
        : {
            id: row.mappingId,
            entityId: row.entityId,
            entityName: row.entityName,
            overrides: row.overrides,
            sharesEntityWith: sharers
              .filter((each) => each.entityId === row.entityId && each.mappingId !== row.mappingId)
              .map(({ organizationName }) => organizationName)
              .slice(0, 3),
          },
    missing: row.missing,
    connection: integration.oauthClient && {
      ...servingView(integration, row, isMapped, entityId),
      ...troubleOf(integration, row, {
        mayConnect: can.connect,
        mayEdit: may(ctx.actor, "integrations.write", integration.organizationId),
      }),
    },
    can,
  };
}

function troubleOf({ oauthClient: client }: IntegrationRow, row: Row, viewer: Viewer) {
  const { ownStatus: status, ownErrorCode: code } = row;
  if (status === null || code === null) return { trouble: null, waitsForClient: false };
  if (client?.errorCode === code) return { trouble: null, waitsForClient: true };
  const nextTryAt = nextAttemptAt({ ...row, status, client });
  const isDerived = row.ownKind === "derived";
  const stored = { code, message: row.ownError, since: row.ownErrorSince, nextTryAt, isDerived };
  return { trouble: describeTrouble(stored, status, viewer), waitsForClient: false };
}

function servingView(
  integration: IntegrationRow,
  row: Row,
  isMapped: boolean,
  entityId: string | null,
): ServingView & { waiting: boolean } {
  const tokenUrl = integration.oauthClient?.tokenUrl ?? "";
  const ownTokenUrl = hasOwnTokenUrl(
    tokenUrl,
    isMapped ? { entityId: row.entityId, overrides: row.steered } : null,
  );
  const { source, reason } = choose(integration, {
    organizationId: row.organizationId,
    isMapped,
    hasOwn: row.ownKind === "own",
    hasOwnTokenUrl: ownTokenUrl,
  });
  const byDefault = source === "default" ? (integration.connections[0] ?? null) : null;
  const own =
    (source === "organization" || source === "derived") && row.ownStatus !== null
      ? { accountTenant: row.ownTenant, entityId: row.ownEntityId }
      : null;
  return {
    source,
    reason,
    status: own ? (row.ownStatus ?? "not_connected") : (byDefault?.status ?? "not_connected"),
    error: own ? row.ownError : (byDefault?.errorMessage ?? null),
    account: own ? row.ownAccount : (byDefault?.accountLabel ?? byDefault?.accountSubject ?? null),
    ...judgeEntity(own ?? byDefault, entityId),
    hasOwnTokenUrl: ownTokenUrl,
    waiting: row.waiting,
  };
}
