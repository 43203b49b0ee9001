import { actorOrganizationId, isOutsider, isProviderContext } from "@/lib/auth/actor";
import type { Ctx } from "@/lib/auth/context";
import { may } from "@/lib/auth/permissions";
import { listSteeringUses } from "@/lib/config/queries";
import { Prisma } from "@/lib/db/generated/client";
import { describeTrouble, isUnderWay, nextAttemptAt, tellFailure, type Viewer } from "@/lib/health/rules";
import { integrationNotFound, visibleIntegrations } from "@/lib/integrations/queries";
import { chooseConnection, explainServing, hasOwnTokenUrl, type Serving } from "@/lib/integrations/rules";
import { listPlaceholders } from "@/lib/oauth/templates";
import { maySteer } from "./may-steer";
import { findSharers, type Sharer } from "./queries";
import { judgeEntity, MAPPING_PAGE_SIZE, steeringKeys } from "./rules";
import {
  mappingListQuery,
  type MappingListQuery,
  type MappingRow,
  type MappingRowPage,
  type ServingView,
} from "./schema";

const needed = {
  oauthClient: {
    omit: { clientSecret: true, privateKey: true },
  },
  configFields: {
    where: { required: true, values: { none: { mappingId: null } } },
    orderBy: { position: "asc" },
    select: { id: true, key: true },
  },
  connections: { where: { mappingId: null } },
} satisfies Prisma.IntegrationInclude;
type ServedStatus = NonNullable<MappingListQuery["status"]>;
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
  /** It has an entity ID or an override that only who may steer may set. */
  isSteered: boolean;
  ownError: string | null;
  ownErrorCode: string | null;
  ownErrorSince: Date | null;
  dueAt: Date | null;
  nextTryAt: Date | null;
  forbiddenUntil: Date | null;
  leaseUntil: Date | null;
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
  const isRare =
    query.q !== "" ||
    query.filter === "attention" ||
    query.filter === "missing" ||
    (query.status !== undefined && isOwnStatus(integration, query.status));
  const source = isRare ? searchedPage(found, query.page) : await countedPage(ctx, found, query.page);
  const rows = await readPage(ctx, integration, source);
  const total = rows[0]?.total ?? 0;
  const pageCount = Math.max(1, Math.ceil(total / MAPPING_PAGE_SIZE));
  const page = Math.min(query.page, pageCount);
  const entityIds = rows.flatMap((row) => (row.isActive && row.entityId !== null ? [row.entityId] : []));
  const sharers = await findSharers(ctx, integrationId, entityIds);
  return {
    rows: rows.map((row) => mappingRow(ctx, integration, row, sharers)),
    total,
    page,
    pageCount,
  };
}

/**
 * What an organization `o` has to fulfil. Of mappings and connections it asks for nothing but what stands in the indexes of
 * an integration: their rows lie scattered among those of all others.
 */
function conditions(ctx: Ctx, integration: IntegrationRow, query: MappingListQuery): Prisma.Sql {
  const mapped = mappedOf(integration);
  const which: Record<MappingListQuery["filter"], Prisma.Sql> = {
    all: Prisma.sql`(o."isActive" OR o."id" IN (${mapped}))`,
    mapped: Prisma.sql`o."id" IN (${mapped})`,
    unmapped: Prisma.sql`o."isActive" AND o."id" NOT IN (${mapped})`,
    missing: Prisma.sql`o."isActive" AND o."id" IN (${mapped} AND ${missesSomething(integration)})`,
    // What the list of integrations counts.
    attention: Prisma.sql`o."isActive" AND o."id" IN (${connectedOf(integration, Prisma.sql`x."status" IN ('degraded', 'reconnect_required')`)})`,
  };
  const where = [which[query.filter]];
  const onlyId = isProviderContext(ctx.actor) ? integration.organizationId : actorOrganizationId(ctx.actor);
  if (onlyId !== null) where.push(Prisma.sql`o."id" = ${onlyId}::uuid`);
  if (query.q !== "") {
    const pattern = `%${query.q.replace(/[\\%_]/g, "\\$&")}%`;
    // One way at a time, each over its own table: joined first, every row would be held against all three.
    where.push(Prisma.sql`o."id" IN (SELECT s."id" FROM "Organization" s
        WHERE search_grams(s."name") @> search_terms(${query.q}) AND lower(s."name") LIKE lower(${pattern})
      UNION ALL ${mapped} AND (lower(n."entityId") LIKE lower(${pattern}) OR lower(n."entityName") LIKE lower(${pattern})))`);
  }
  if (query.status) where.push(servedBy(integration, query.status));
  return Prisma.join(where, " AND ");
}

/** The organizations that the integration is mapped for; more conditions on the mapping `n` may follow. */
function mappedOf({ id }: IntegrationRow): Prisma.Sql {
  return Prisma.sql`SELECT n."organizationId" FROM "Mapping" n WHERE n."integrationId" = ${id}::uuid`;
}

/** Those of them that have a connection `x` of their own of which this holds. */
function connectedOf(integration: IntegrationRow, holds: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`${mappedOf(integration)} AND n."id" IN (SELECT x."mappingId" FROM "Connection" x
    WHERE x."integrationId" = ${integration.id}::uuid AND x."mappingId" IS NOT NULL AND ${holds})`;
}

/** The mapping `n` lacks one of the required fields that have no default. */
function missesSomething(integration: IntegrationRow): Prisma.Sql {
  const ids = neededIds(integration);
  if (ids.length === 0) return Prisma.sql`FALSE`;
  const hasEach = ids.map(
    (id) =>
      Prisma.sql`n."id" IN (SELECT v."mappingId" FROM "ConfigValue" v WHERE v."fieldId" = ${id}::uuid AND v."mappingId" IS NOT NULL)`,
  );
  return Prisma.sql`NOT (${Prisma.join(hasEach, " AND ")})`;
}

function placeholdersOf({ oauthClient }: IntegrationRow): string[] {
  return listPlaceholders(oauthClient?.tokenUrl ?? "");
}

function neededIds(integration: IntegrationRow): string[] {
  return integration.configFields.map(({ id }) => id);
}

/**
 * It is mapped, and the connection that serves it, as the rules choose it, has this status. What would serve one that is not
 * mapped is no row's to show: thousands of them would hide the mapped ones.
 */
function servedBy(integration: IntegrationRow, status: ServedStatus): Prisma.Sql {
  const own = (holds: Prisma.Sql) =>
    connectedOf(integration, Prisma.sql`x."status" <> 'not_connected' AND ${holds}`);
  if (isOwnStatus(integration, status))
    return Prisma.sql`o."id" IN (${own(Prisma.sql`x."status"::text = ${status}`)})`;
  return Prisma.sql`o."id" IN (${mappedOf(integration)})
    AND o."id" NOT IN (${own(Prisma.sql`x."status"::text <> ${status}`)})`;
}

/** Only connections of organizations' own can have it. */
function isOwnStatus(integration: IntegrationRow, status: ServedStatus): boolean {
  return statusWithoutOwn(integration) !== status;
}

function statusWithoutOwn(integration: IntegrationRow): ServedStatus {
  const row = { organizationId: "", isMapped: true, hasOwn: false, hasOwnTokenUrl: false };
  return choose(integration, row).source === "default"
    ? (integration.connections[0]?.status ?? "not_connected")
    : "not_connected";
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

/** Statements for a WITH clause: `page` has a page's organizations, `size` the number of all rows. */
type PageSource = Prisma.Sql;

const PAGE_SIZE_SQL = Prisma.raw(String(MAPPING_PAGE_SIZE));

/** Rows of the second half are counted off from the end. */
async function countedPage(ctx: Ctx, where: Prisma.Sql, wanted: number): Promise<PageSource> {
  const [{ total }] = await ctx.db.prisma.$queryRaw<[{ total: number }]>`
    SELECT count(*)::int AS total FROM "Organization" o WHERE ${where}`;
  const offset =
    (Math.min(wanted, Math.max(1, Math.ceil(total / MAPPING_PAGE_SIZE))) - 1) * MAPPING_PAGE_SIZE;
  const count = Math.max(0, Math.min(MAPPING_PAGE_SIZE, total - offset));
  const isFromEnd = offset > total / 2;
  const order = isFromEnd ? Prisma.sql`lower(o."name") DESC` : Prisma.sql`lower(o."name")`;
  const skipped = isFromEnd ? total - offset - count : offset;
  return Prisma.sql`size AS (SELECT ${total}::int AS "total"),
    page AS MATERIALIZED (SELECT o."id", o."name", o."isActive" FROM "Organization" o WHERE ${where}
      ORDER BY ${order} LIMIT ${Prisma.raw(String(count))} OFFSET ${Prisma.raw(String(skipped))})`;
}

function searchedPage(where: Prisma.Sql, wanted: number): PageSource {
  return Prisma.sql`hits AS MATERIALIZED (
      SELECT o."id", o."name", o."isActive" FROM "Organization" o WHERE ${where}),
    size AS MATERIALIZED (SELECT count(*)::int AS "total" FROM hits),
    page AS MATERIALIZED (SELECT * FROM hits ORDER BY lower("name") LIMIT ${PAGE_SIZE_SQL}
      OFFSET (SELECT greatest(0, least(${wanted - 1}::int, ("total" - 1) / ${PAGE_SIZE_SQL})) FROM size) * ${PAGE_SIZE_SQL})`;
}

/** First which rows, in their order, then what they show: else that would be found out for every row skipped too. */
async function readPage(ctx: Ctx, integration: IntegrationRow, source: PageSource): Promise<Row[]> {
  const steering = steeringKeys(listSteeringUses(integration));
  return ctx.db.prisma.$queryRaw<Row[]>`
    WITH ${source}
    SELECT page."id" AS "organizationId", page."name" AS "organizationName", page."isActive",
      m."id" AS "mappingId", m."entityId", m."entityName",
      c."status" AS "ownStatus", c."kind" AS "ownKind", c."errorMessage" AS "ownError",
      c."errorCode" AS "ownErrorCode", c."errorSince" AS "ownErrorSince", c."dueAt", c."nextTryAt", c."forbiddenUntil", c."leaseUntil",
      ARRAY(SELECT f."key" FROM "ConfigField" f JOIN "ConfigValue" v ON v."fieldId" = f."id" AND v."mappingId" = m."id"
        WHERE f."integrationId" = ${integration.id}::uuid AND f."key" = ANY(${placeholdersOf(integration)})) AS "steered",
      m."entityId" IS NOT NULL OR EXISTS (SELECT FROM "ConfigField" f
        JOIN "ConfigValue" v ON v."fieldId" = f."id" AND v."mappingId" = m."id"
        WHERE f."integrationId" = ${integration.id}::uuid AND f."key" = ANY(${[...steering]})) AS "isSteered",
      coalesce(c."accountLabel", c."accountSubject") AS "ownAccount", c."accountTenant" AS "ownTenant",
      c."entityId" AS "ownEntityId",
      (SELECT count(*)::int FROM "ConfigValue" v WHERE v."mappingId" = m."id") AS "overrides",
      ARRAY(SELECT f."key" FROM "ConfigField" f WHERE f."id" = ANY(${neededIds(integration)}::uuid[])
        AND NOT EXISTS (SELECT FROM "ConfigValue" v WHERE v."mappingId" = m."id" AND v."fieldId" = f."id")
        ORDER BY f."position") AS "missing",
      EXISTS (SELECT FROM "Handshake" h WHERE h."mappingId" = m."id" AND h."expiresAt" > ${ctx.now()}) AS "waiting",
      size."total"
    FROM size CROSS JOIN page
    LEFT JOIN "Mapping" m ON m."integrationId" = ${integration.id}::uuid AND m."organizationId" = page."id"
    LEFT JOIN "Connection" c ON c."mappingId" = m."id" AND c."status" <> 'not_connected'
    ORDER BY lower(page."name")`;
}

function mappingRow(ctx: Ctx, integration: IntegrationRow, row: Row, sharers: Sharer[]): MappingRow {
  const { organizationId } = row;
  const isMapped = row.mappingId !== null;
  const entityId = row.entityId ?? integration.defaultEntityId;
  const mayWrite = row.isActive && may(ctx.actor, "mappings.write", organizationId);
  const steers = maySteer(ctx.actor, integration);
  const outside = isOutsider(ctx.actor, integration.organizationId);
  const can = {
    write: mayWrite,
    steer: steers,
    remove: isMapped && mayWrite && (steers || !row.isSteered),
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
              .filter(
                (each) => row.isActive && each.entityId === row.entityId && each.mappingId !== row.mappingId,
              )
              .map(({ organizationName }) => organizationName)
              .slice(0, 3),
          },
    missing: row.missing,
    connection: integration.oauthClient && {
      ...servingView(integration, row, isMapped, entityId, outside),
      ...troubleOf(ctx, integration, row, {
        mayConnect: can.connect && (row.ownKind !== "derived" || isProviderContext(ctx.actor)),
        mayEdit: may(ctx.actor, "integrations.write", integration.organizationId),
        isOutsider: outside && row.ownKind === "derived",
      }),
    },
    can,
  };
}

function troubleOf(ctx: Ctx, { oauthClient: client }: IntegrationRow, row: Row, viewer: Viewer) {
  const { ownStatus: status, ownErrorCode: code } = row;
  if (status === null || code === null) return { trouble: null, waitsForClient: false };
  if (client?.errorCode === code) return { trouble: null, waitsForClient: true };
  const nextTryAt = nextAttemptAt({ ...row, status, client });
  const isDerived = row.ownKind === "derived";
  const isRefreshing = isUnderWay(row.leaseUntil, ctx.now());
  const stored = {
    code,
    message: row.ownError,
    since: row.ownErrorSince,
    nextTryAt,
    isDerived,
    isRefreshing,
  };
  return { trouble: describeTrouble(stored, status, viewer), waitsForClient: false };
}

const NO_FAILURE = { errorCode: null, errorMessage: null, status: "not_connected" };

function ownFailure({ ownErrorCode, ownError, ownStatus }: Row) {
  return { errorCode: ownErrorCode, errorMessage: ownError, status: ownStatus ?? "not_connected" };
}

function servingView(
  integration: IntegrationRow,
  row: Row,
  isMapped: boolean,
  entityId: string | null,
  outside: boolean,
): ServingView & { waiting: boolean } {
  const tokenUrl = integration.oauthClient?.tokenUrl ?? "";
  const ownTokenUrl = hasOwnTokenUrl(
    tokenUrl,
    isMapped ? { entityId: row.entityId, overrides: row.steered } : null,
  );
  const chosen = choose(integration, {
    organizationId: row.organizationId,
    isMapped,
    hasOwn: row.ownKind === "own",
    hasOwnTokenUrl: ownTokenUrl,
  });
  const { source } = chosen;
  const ofDefault = integration.connections[0] ?? null;
  const byDefault = source === "default" ? ofDefault : null;
  const own =
    (source === "organization" || source === "derived") && row.ownStatus !== null
      ? { accountTenant: row.ownTenant, entityId: row.ownEntityId }
      : null;
  return {
    source,
    reason: explainServing(chosen, own, ofDefault).reason,
    status: own ? (row.ownStatus ?? "not_connected") : (byDefault?.status ?? "not_connected"),
    error: tellFailure(
      own ? ownFailure(row) : (byDefault ?? NO_FAILURE),
      outside && source !== "organization",
    ),
    account: own ? row.ownAccount : (byDefault?.accountLabel ?? byDefault?.accountSubject ?? null),
    ...judgeEntity(own ?? byDefault, entityId),
    hasOwnTokenUrl: ownTokenUrl,
    waiting: row.waiting,
  };
}
