import { actorOrganizationId, isOutsider, isProviderContext, type Actor } from "@/lib/auth/actor";
import type { Ctx } from "@/lib/auth/context";
import { may } from "@/lib/auth/permissions";
import { connectionView } from "@/lib/connections/queries";
import { integrationStatus } from "@/lib/connections/rules";
import { Prisma, type ConfigField, type ConfigValue, type OAuthClient } from "@/lib/db/generated/client";
import { AppError } from "@/lib/errors";
import { describeTrouble, isUnderWay, nextAttemptAt, type Trouble, type Viewer } from "@/lib/health/rules";
import { nextFreeSlug } from "./reserve-slug";
import { INTEGRATION_PAGE_SIZE, redirectUriFor } from "./rules";
import type {
  ConfigFieldView,
  IntegrationListPage,
  IntegrationListQuery,
  IntegrationListRow,
  IntegrationView,
  OAuthClientView,
} from "./schema";

/** Everything for the provider's people; the global ones and their own organization's for everybody else. */
export function visibleIntegrations(actor: Actor): Prisma.IntegrationWhereInput {
  if (isProviderContext(actor)) return {};
  return { OR: [{ organizationId: null }, { organizationId: actorOrganizationId(actor) }] };
}

/** The error of an integration that is not there or not the actor's to see: the two look the same. */
export function integrationNotFound(): AppError {
  return new AppError(
    "integration_not_found",
    "This integration does not exist, or was deleted meanwhile. Go back to the list of integrations.",
  );
}

/** The Redirect URI that an integration of this name would get if it were created now. */
export async function previewRedirectUri(ctx: Ctx, name: string): Promise<string> {
  return redirectUriFor(ctx.publicUrl, await nextFreeSlug(ctx.db.prisma, name));
}

const detail = {
  organization: { select: { id: true, name: true } },
  oauthClient: true,
  configFields: {
    orderBy: { position: "asc" },
    include: { values: { where: { mappingId: null } } },
  },
  connections: { where: { mappingId: null }, include: { heldGrant: true } },
} satisfies Prisma.IntegrationInclude;

/**
 * One integration with all that its screens show; no secret.
 * @throws AppError `integration_not_found`
 */
export async function getIntegration(ctx: Ctx, id: string): Promise<IntegrationView> {
  const { prisma } = ctx.db;
  const now = ctx.now();
  // Of other customers a managed organization does not even learn how many there are.
  const mappingWhere = { integrationId: id, ...ownMappings(ctx.actor) };
  const [row, handshake, connections, mappings, configValues] = await Promise.all([
    prisma.integration.findFirst({
      where: { AND: [{ id }, visibleIntegrations(ctx.actor)] },
      include: detail,
    }),
    prisma.handshake.findFirst({
      where: { integrationId: id, mappingId: null, expiresAt: { gt: now } },
      orderBy: { expiresAt: "desc" },
      select: { createdAt: true, expiresAt: true },
    }),
    prisma.connection.count({
      where: {
        integrationId: id,
        status: { not: "not_connected" },
        OR: [{ mappingId: null }, { mapping: mappingWhere }],
      },
    }),
    prisma.mapping.count({ where: mappingWhere }),
    prisma.configValue.count({
      // By its fields, of which an index leads to their values; an integration's own lie scattered among a million.
      where: {
        field: { integrationId: id },
        ...(isProviderContext(ctx.actor) ? {} : { OR: [{ mappingId: null }, { mapping: mappingWhere }] }),
      },
    }),
  ]);
  if (!row || !may(ctx.actor, "integrations.read", row.organizationId)) throw integrationNotFound();
  const configFields = row.configFields.map(configFieldView);
  const missing = row.configFields.filter(isMissing).map((field) => field.key);
  const connection = row.connections[0] ?? null;
  // A handshake that was left lying before a later one succeeded waits for nobody.
  const can = {
    edit: may(ctx.actor, "integrations.write", row.organizationId),
    connect: may(ctx.actor, "connections.connect", row.organizationId),
    test: may(ctx.actor, "connections.test", row.organizationId),
  };
  const viewer = {
    mayConnect: can.connect,
    mayEdit: can.edit,
    isOutsider: isOutsider(ctx.actor, row.organizationId),
  };
  const waits = handshake && (!connection?.connectedAt || handshake.createdAt > connection.connectedAt);
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    organization: row.organization,
    slug: row.slug,
    redirectUri: redirectUriFor(ctx.publicUrl, row.slug),
    presetId: row.presetId,
    entityDataProvider: row.entityDataProvider,
    defaultEntityId: row.defaultEntityId,
    testUrl: row.testUrl,
    apiHosts: row.apiHosts,
    organizationPolicy: row.organizationPolicy,
    lendsDefaultToKeys: row.lendsDefaultToKeys,
    version: row.version,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    status: integrationStatus({
      usesOAuth: row.oauthClient !== null,
      connectionStatus: connection?.status ?? null,
      missingRequired: missing.length > 0,
    }),
    configFields,
    missing,
    oauth: row.oauthClient && oauthClientView(row.oauthClient, viewer),
    connection:
      row.oauthClient && connectionView(connection, row, viewer, waits ? handshake.expiresAt : null, now),
    counts: { mappings, connections, configValues },
    can,
  };
}

/** The provider's people count every mapping, others their own organization's alone. */
function ownMappings(actor: Actor): Prisma.MappingWhereInput {
  return isProviderContext(actor) ? {} : { organizationId: actorOrganizationId(actor) ?? "" };
}

type FieldRow = ConfigField & { values: ConfigValue[] };

function isMissing(field: FieldRow): boolean {
  return field.required && field.values.length === 0;
}

function configFieldView({
  id,
  key,
  type,
  required,
  description,
  values: [stored],
}: FieldRow): ConfigFieldView {
  const isText = typeof stored?.value === "string" && type !== "json";
  return {
    id,
    key,
    type,
    required,
    description,
    value: !stored || type === "secret" ? null : isText ? String(stored.value) : JSON.stringify(stored.value),
    set: stored ? { setAt: stored.setAt.toISOString(), setBy: stored.setBy } : null,
  };
}

function stringRecord(json: Prisma.JsonValue): Record<string, string> {
  return json !== null && typeof json === "object" && !Array.isArray(json)
    ? Object.fromEntries(Object.entries(json).map(([key, value]) => [key, String(value)]))
    : {};
}

function secretState(sealed: string | null, setAt: Date | null, setBy: string | null) {
  return sealed === null || setAt === null ? null : { setAt: setAt.toISOString(), setBy };
}

function oauthClientView(row: OAuthClient, viewer: Viewer): OAuthClientView {
  return {
    flowType: row.flowType,
    clientId: row.clientId,
    clientSecret: secretState(row.clientSecret, row.clientSecretSetAt, row.clientSecretSetBy),
    clientSecretExpiresAt: row.clientSecretExpiresAt?.toISOString() ?? null,
    authorizationUrl: row.authorizationUrl,
    tokenUrl: row.tokenUrl,
    revocationUrl: row.revocationUrl,
    identityUrl: row.identityUrl,
    issuer: row.issuer,
    scopes: row.scopes,
    scopeSeparator: row.scopeSeparator === "," ? "," : " ",
    sendScopeOnRefresh: row.sendScopeOnRefresh,
    audience: row.audience,
    tokenEndpointAuthMethod: row.tokenEndpointAuthMethod,
    tokenRequestFormat: row.tokenRequestFormat,
    pkce: row.pkce,
    authorizationParams: stringRecord(row.authorizationParams),
    tokenParams: stringRecord(row.tokenParams),
    privateKey: secretState(row.privateKey, row.privateKeySetAt, row.privateKeySetBy),
    privateKeyId: row.privateKeyId,
    privateKeyAlgorithm: row.privateKeyAlgorithm,
    refreshTokensReusable: row.refreshTokensReusable,
    unansweredPolicy: row.unansweredPolicy,
    refreshEndsAccessToken: row.refreshEndsAccessToken,
    refreshMarginSeconds: row.refreshMarginSeconds,
    refreshIntervalSeconds: row.refreshIntervalSeconds,
    error: clientTrouble(row, viewer),
  };
}

interface ClientFault {
  errorCode: string | null;
  errorMessage: string | null;
  errorAt: Date | null;
  probeAt: Date | null;
}

function clientTrouble(fault: ClientFault, viewer: Viewer): Trouble | null {
  const { errorCode, errorMessage, errorAt, probeAt } = fault;
  if (errorCode === null) return null;
  const stored = { code: errorCode, message: errorMessage, since: errorAt, nextTryAt: probeAt };
  return describeTrouble(stored, "degraded", viewer);
}

const STATUS_SQL = Prisma.sql`
  CASE WHEN o."id" IS NULL THEN
    CASE WHEN EXISTS (
      SELECT 1 FROM "ConfigField" f WHERE f."integrationId" = i."id" AND f."required"
        AND NOT EXISTS (SELECT 1 FROM "ConfigValue" v WHERE v."fieldId" = f."id" AND v."mappingId" IS NULL)
    ) THEN 'incomplete' ELSE 'configured' END
  ELSE coalesce(c."status"::text, 'not_connected') END`;

const FROM_SQL = Prisma.sql`
  FROM "Integration" i
  LEFT JOIN "OAuthClient" o ON o."integrationId" = i."id"
  LEFT JOIN "Connection" c ON c."integrationId" = i."id" AND c."mappingId" IS NULL`;

/** Where neither order nor filter asks for more: joins are for the rows of the page alone. */
const FROM_ALONE_SQL = Prisma.sql`FROM "Integration" i`;

const ORDER_SQL: Record<IntegrationListQuery["sort"], Prisma.Sql> = {
  name: Prisma.sql`lower(i."name"), i."id"`,
  "-name": Prisma.sql`lower(i."name") DESC, i."id"`,
  status: Prisma.sql`array_position(
    ARRAY['reconnect_required','degraded','incomplete','not_connected','active','configured'], ${STATUS_SQL}), lower(i."name"), i."id"`,
  "-lastRefreshAt": Prisma.sql`c."lastRefreshAt" DESC NULLS LAST, lower(i."name"), i."id"`,
  "-createdAt": Prisma.sql`i."createdAt" DESC, i."id" DESC`,
};

interface ListRow {
  id: string;
  name: string;
  description: string;
  organizationId: string | null;
  organizationName: string | null;
  usesOAuth: boolean;
  status: IntegrationListRow["status"];
  waiting: boolean;
  mapped: number;
  needAttention: number;
  lastRefreshAt: Date | null;
  error: string | null;
  connectionStatus: string | null;
  errorCode: string | null;
  errorMessage: string | null;
  errorSince: Date | null;
  dueAt: Date | null;
  nextTryAt: Date | null;
  forbiddenUntil: Date | null;
  leaseUntil: Date | null;
  client: ClientFaultJson | null;
}

/** As the database's JSON has it: times are text. */
type ClientFaultJson = Omit<ClientFault, "errorAt" | "probeAt"> &
  Record<"errorAt" | "probeAt", string | null>;

/** One page of the list, filtered, sorted and counted by the database. */
export async function listIntegrations(ctx: Ctx, query: IntegrationListQuery): Promise<IntegrationListPage> {
  const { prisma } = ctx.db;
  const where = listConditions(ctx.actor, query);
  const ownId = isProviderContext(ctx.actor) ? null : actorOrganizationId(ctx.actor);
  const from = query.status ? FROM_SQL : FROM_ALONE_SQL;
  const [{ total }] = await prisma.$queryRaw<
    [{ total: number }]
  >`SELECT count(*)::int AS total ${from} WHERE ${where}`;
  const pageCount = Math.max(1, Math.ceil(total / INTEGRATION_PAGE_SIZE));
  const page = Math.min(query.page, pageCount);
  const isOrderedByConnection = query.sort === "status" || query.sort === "-lastRefreshAt";
  const pageFrom = isOrderedByConnection ? FROM_SQL : from;
  const rows = await prisma.$queryRaw<ListRow[]>`
    WITH page AS MATERIALIZED (SELECT i."id" ${pageFrom} WHERE ${where} ORDER BY ${ORDER_SQL[query.sort]}
      LIMIT ${Prisma.raw(String(INTEGRATION_PAGE_SIZE))} OFFSET ${(page - 1) * INTEGRATION_PAGE_SIZE}),
    closed AS MATERIALIZED (SELECT m."id" FROM "Organization" z JOIN "Mapping" m ON m."organizationId" = z."id"
      WHERE NOT z."isActive" AND m."integrationId" IN (SELECT "id" FROM page))
    SELECT i."id", i."name", i."description", i."organizationId", org."name" AS "organizationName",
      o."id" IS NOT NULL AS "usesOAuth", ${STATUS_SQL} AS "status", c."lastRefreshAt",
      c."status"::text AS "connectionStatus", c."errorCode", c."errorMessage", c."errorSince",
      c."dueAt", c."nextTryAt", c."forbiddenUntil", c."leaseUntil",
      CASE WHEN o."errorCode" IS NOT NULL THEN json_build_object('errorCode', o."errorCode",
        'errorMessage', o."errorMessage", 'errorAt', o."errorAt", 'probeAt', o."probeAt") END AS "client",
      coalesce(
        CASE WHEN ${ownId}::uuid IS NULL OR i."organizationId" = ${ownId}::uuid THEN c."connectErrorMessage"
          WHEN c."connectErrorMessage" IS NOT NULL THEN 'The last attempt to connect failed.' END,
        CASE WHEN c."expiresAt" <= ${ctx.now()} AND c."refreshToken" IS NULL AND o."flowType" = 'authorization_code' THEN 'The access token has expired. Reconnect to get a new one.' END
      ) AS "error",
      EXISTS (SELECT 1 FROM "Handshake" h
        WHERE h."integrationId" = i."id" AND h."mappingId" IS NULL AND h."expiresAt" > ${ctx.now()}
          AND (c."connectedAt" IS NULL OR h."createdAt" > c."connectedAt")) AS "waiting",
      ${mappedSql(ownId)} AS "mapped",
      (SELECT count(*)::int FROM "Connection" x WHERE x."integrationId" = i."id" AND x."mappingId" IS NOT NULL
        AND x."status" IN ('degraded', 'reconnect_required') AND x."mappingId" NOT IN (SELECT "id" FROM closed)
        AND (${ownId}::uuid IS NULL OR EXISTS (SELECT FROM "Mapping" m
          WHERE m."id" = x."mappingId" AND m."organizationId" = ${ownId}::uuid))) AS "needAttention"
    ${FROM_SQL} LEFT JOIN "Organization" org ON org."id" = i."organizationId"
    WHERE i."id" IN (SELECT "id" FROM page) ORDER BY ${ORDER_SQL[query.sort]}`;
  return { rows: rows.map((row) => listRow(ctx.actor, row, ctx.now())), total, page, pageCount };
}

/** Everybody's are counted as they come and go; of one organization's there is one at the most. */
function mappedSql(ownId: string | null): Prisma.Sql {
  return ownId === null
    ? Prisma.sql`(SELECT coalesce(sum(t."mapped"), 0)::int FROM "MappingTally" t WHERE t."integrationId" = i."id")`
    : Prisma.sql`(SELECT count(*)::int FROM "Mapping" m
        WHERE m."integrationId" = i."id" AND m."organizationId" = ${ownId}::uuid)`;
}

function listConditions(actor: Actor, query: IntegrationListQuery): Prisma.Sql {
  const conditions = [Prisma.sql`TRUE`];
  if (!isProviderContext(actor)) {
    conditions.push(
      Prisma.sql`(i."organizationId" IS NULL OR i."organizationId" = ${actorOrganizationId(actor)}::uuid)`,
    );
  }
  if (query.q !== "") {
    const pattern = `%${query.q.replace(/[\\%_]/g, "\\$&")}%`;
    conditions.push(Prisma.sql`search_grams(i."name" || ' ' || i."description") @> search_terms(${query.q})
      AND (lower(i."name") LIKE lower(${pattern}) OR lower(i."description") LIKE lower(${pattern}))`);
  }
  if (query.availableTo === "global") conditions.push(Prisma.sql`i."organizationId" IS NULL`);
  else if (query.availableTo) conditions.push(Prisma.sql`i."organizationId" = ${query.availableTo}::uuid`);
  if (query.status === "attention") {
    conditions.push(Prisma.sql`${STATUS_SQL} IN ('reconnect_required', 'degraded', 'incomplete')`);
  } else if (query.status) conditions.push(Prisma.sql`${STATUS_SQL} = ${query.status}`);
  return Prisma.join(conditions, " AND ");
}

function listRow(actor: Actor, row: ListRow, now: Date): IntegrationListRow {
  const { organizationId, organizationName, lastRefreshAt } = row;
  const canConnect = row.usesOAuth && may(actor, "connections.connect", organizationId);
  const viewer = {
    mayConnect: canConnect,
    mayEdit: may(actor, "integrations.write", organizationId),
    isOutsider: isOutsider(actor, organizationId),
  };
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    usesOAuth: row.usesOAuth,
    status: row.status,
    waiting: row.waiting,
    mapped: row.mapped,
    needAttention: row.needAttention,
    trouble: rowTrouble(row, viewer, now),
    error: row.error,
    organization: organizationId && organizationName ? { id: organizationId, name: organizationName } : null,
    lastRefreshAt: lastRefreshAt?.toISOString() ?? null,
    canConnect,
  };
}

function rowTrouble(row: ListRow, viewer: Viewer, now: Date): Trouble | null {
  if (row.client) {
    const { errorAt, probeAt, ...fault } = row.client;
    return clientTrouble({ ...fault, errorAt: dateOf(errorAt), probeAt: dateOf(probeAt) }, viewer);
  }
  if (row.errorCode === null) return null;
  const status = row.connectionStatus ?? "not_connected";
  const nextTryAt = nextAttemptAt({ ...row, status, client: null });
  const isRefreshing = isUnderWay(row.leaseUntil, now);
  const stored = {
    code: row.errorCode,
    message: row.errorMessage,
    since: row.errorSince,
    nextTryAt,
    isRefreshing,
  };
  return describeTrouble(stored, status, viewer);
}

function dateOf(text: string | null): Date | null {
  return text === null ? null : new Date(text);
}
