import { isOutsider, isProviderContext } from "@/lib/auth/actor";
import type { Ctx } from "@/lib/auth/context";
import { may } from "@/lib/auth/permissions";
import { Prisma } from "@/lib/db/generated/client";
import { chooseConnection } from "@/lib/integrations/rules";
import { describeTrouble, isUnderWay, nextAttemptAt, type Viewer } from "./rules";
import type { HealthCell, HealthRow } from "./schema";

type ConnectionStatus = "not_connected" | "active" | "degraded" | "reconnect_required";

/** What a cell shows of a connection; all null where there is none. */
interface ConnectionPart {
  status: ConnectionStatus | null;
  kind: "own" | "derived" | null;
  hasToken: boolean;
  errorCode: string | null;
  errorMessage: string | null;
  errorSince: Date | null;
  dueAt: Date | null;
  nextTryAt: Date | null;
  forbiddenUntil: Date | null;
  leaseUntil: Date | null;
}

const CONNECTION_SQL = Prisma.sql`c."status"::text AS "status", c."kind"::text AS "kind", c."accessToken" IS NOT NULL AS "hasToken",
  c."errorCode", c."errorMessage", c."errorSince", c."dueAt", c."nextTryAt", c."forbiddenUntil",
  c."leaseUntil"`;

interface IntegrationPart extends ConnectionPart {
  id: string;
  name: string;
  ownerId: string | null;
  ownerName: string | null;
  policy: "default" | "derived" | "none";
  /** Null: no OAuth. */
  flowType: "authorization_code" | "client_credentials" | null;
  tokenUrl: string | null;
  clientErrorCode: string | null;
  clientErrorMessage: string | null;
  clientErrorAt: Date | null;
  probeAt: Date | null;
  lacksValues: boolean;
}

interface MappingPart extends ConnectionPart {
  integrationId: string;
  organizationId: string;
  lacksValues: boolean;
}

/** The rows of the given integrations, in the order of their names, with a cell for each of the organizations. */
export async function readHealthRows(
  ctx: Ctx,
  integrationIds: string[],
  organizationIds: string[],
): Promise<HealthRow[]> {
  if (integrationIds.length === 0) return [];
  const [integrations, mappings] = await Promise.all([
    readIntegrations(ctx, integrationIds),
    readMappings(ctx, integrationIds, organizationIds),
  ]);
  const byPlace = new Map(mappings.map((part) => [`${part.integrationId} ${part.organizationId}`, part]));
  return integrations.map((part) => ({
    integration: { id: part.id, name: part.name, owner: part.ownerName },
    default: defaultCell(ctx, part),
    cells: organizationIds.map((id) => organizationCell(ctx, part, id, byPlace.get(`${part.id} ${id}`))),
  }));
}

const LACKS_SQL = Prisma.sql`EXISTS (SELECT FROM "ConfigField" f WHERE f."integrationId" = i."id" AND f."required"
  AND NOT EXISTS (SELECT FROM "ConfigValue" v WHERE v."fieldId" = f."id" AND v."mappingId" IS NULL)`;

function readIntegrations(ctx: Ctx, ids: string[]): Promise<IntegrationPart[]> {
  return ctx.db.prisma.$queryRaw<IntegrationPart[]>`
    SELECT i."id", i."name", i."organizationId" AS "ownerId", org."name" AS "ownerName",
      i."organizationPolicy"::text AS "policy", o."flowType"::text AS "flowType", o."tokenUrl",
      o."errorCode" AS "clientErrorCode", o."errorMessage" AS "clientErrorMessage",
      o."errorAt" AS "clientErrorAt", o."probeAt", ${LACKS_SQL}) AS "lacksValues", ${CONNECTION_SQL}
    FROM "Integration" i LEFT JOIN "OAuthClient" o ON o."integrationId" = i."id"
    LEFT JOIN "Organization" org ON org."id" = i."organizationId"
    LEFT JOIN "Connection" c ON c."integrationId" = i."id" AND c."mappingId" IS NULL
    WHERE i."id" = ANY(${ids}::uuid[]) ORDER BY lower(i."name"), i."id"`;
}

async function readMappings(ctx: Ctx, ids: string[], organizationIds: string[]): Promise<MappingPart[]> {
  if (organizationIds.length === 0) return [];
  return ctx.db.prisma.$queryRaw<MappingPart[]>`
    SELECT m."integrationId", m."organizationId", ${CONNECTION_SQL},
      ${LACKS_SQL} AND NOT EXISTS (SELECT FROM "ConfigValue" v WHERE v."fieldId" = f."id" AND v."mappingId" = m."id"))
        AS "lacksValues"
    FROM "Mapping" m JOIN "Integration" i ON i."id" = m."integrationId"
    LEFT JOIN "Connection" c ON c."mappingId" = m."id" AND c."status" <> 'not_connected'
    WHERE m."integrationId" = ANY(${ids}::uuid[]) AND m."organizationId" = ANY(${organizationIds}::uuid[])`;
}

function defaultCell(ctx: Ctx, part: IntegrationPart): HealthCell {
  const usesOAuth = part.flowType !== null;
  const can = cellRights(ctx, part.ownerId);
  const viewer = viewerOf(ctx, part, part.ownerId);
  if (!usesOAuth) {
    return {
      status: part.lacksValues ? "incomplete" : "configured",
      source: null,
      trouble: null,
      can: { connect: false, test: can.test && !part.lacksValues },
    };
  }
  return {
    status: part.status ?? "not_connected",
    source: "default",
    trouble: clientTrouble(part, viewer) ?? troubleOf(ctx, part, part, viewer),
    can: { connect: can.connect, test: can.test && part.hasToken },
  };
}

/** The OAuth client's fault: told once, where the default connection is. */
function clientTrouble(part: IntegrationPart, viewer: Viewer) {
  const { clientErrorCode: code, clientErrorMessage: message, clientErrorAt: since, probeAt } = part;
  if (code === null) return null;
  return describeTrouble({ code, message, since, nextTryAt: probeAt }, "degraded", viewer);
}

function organizationCell(
  ctx: Ctx,
  part: IntegrationPart,
  organizationId: string,
  mapping: MappingPart | undefined,
): HealthCell {
  const isOwner = part.ownerId === organizationId;
  const nothing: HealthCell = {
    status: null,
    source: null,
    trouble: null,
    can: { connect: false, test: false },
  };
  if (!mapping && !isOwner) return nothing;
  if (part.flowType === null) {
    const lacksValues = mapping ? mapping.lacksValues : part.lacksValues;
    return { ...nothing, status: lacksValues ? "incomplete" : "configured" };
  }
  const own = mapping?.status ? mapping : null;
  const { source } = chooseConnection({
    targetId: organizationId,
    ownerId: part.ownerId,
    policy: part.policy,
    isMapped: mapping !== undefined,
    // It only decides how a token comes where none is there yet.
    hasOwnTokenUrl: true,
    hasOwnConnection: own?.kind === "own",
    flowType: part.flowType,
    tokenUrl: part.tokenUrl ?? "",
  });
  if (source === "default") return { ...nothing, status: part.status ?? "not_connected", source };
  if (own === null || source === null) return { ...nothing, status: "not_connected", source };
  const can = cellRights(ctx, organizationId);
  const viewer = viewerOf(ctx, part, organizationId);
  // What is made with the provider's consent, the provider alone has made anew.
  const mayConnect = viewer.mayConnect && (own.kind !== "derived" || isProviderContext(ctx.actor));
  const outside = own.kind === "derived" && isOutsider(ctx.actor, part.ownerId);
  return {
    status: own.status,
    source,
    trouble: troubleOf(ctx, part, own, { ...viewer, mayConnect, isOutsider: viewer.isOutsider || outside }),
    can: { connect: can.connect, test: can.test && own.hasToken },
  };
}

function cellRights({ actor }: Ctx, ownerId: string | null) {
  return {
    connect: may(actor, "connections.connect", ownerId),
    test: may(actor, "connections.test", ownerId),
  };
}

/** @param ownerId whose connection it is; null: the provider's */
function viewerOf({ actor }: Ctx, integration: IntegrationPart, ownerId: string | null): Viewer {
  return {
    mayConnect: may(actor, "connections.connect", ownerId),
    mayEdit: may(actor, "integrations.write", integration.ownerId),
    isOutsider: isOutsider(actor, ownerId),
  };
}

function troubleOf(ctx: Ctx, integration: IntegrationPart, part: ConnectionPart, viewer: Viewer) {
  const { status, errorCode: code, errorMessage: message, errorSince: since } = part;
  if (code === null || status === null) return null;
  const client = { errorCode: integration.clientErrorCode, probeAt: integration.probeAt };
  const nextTryAt = nextAttemptAt({ ...part, status, client });
  const isRefreshing = isUnderWay(part.leaseUntil, ctx.now());
  const stored = { code, message, since, nextTryAt, isDerived: part.kind === "derived", isRefreshing };
  return describeTrouble(stored, status, viewer);
}
