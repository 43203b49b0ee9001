import { type Actor, actorOrganizationId, isProviderContext } from "@/lib/auth/actor";
import type { Ctx } from "@/lib/auth/context";
import { requirePermission } from "@/lib/auth/permissions";
import { requireKeyAccess } from "@/lib/auth/require-key-access";
import { recordCredentialRead } from "@/lib/audit/record-credential-read";
import { unseal, UnsealError } from "@/lib/crypto/seal";
import { Prisma } from "@/lib/db/generated/client";
import { AppError, fieldError, parseInput } from "@/lib/errors";
import { integrationNotFound, visibleIntegrations } from "@/lib/integrations/queries";
import { decideScope, INTEGRATION_NAME, type JsonValue } from "@/lib/integrations/rules";
import { sameEntity } from "./rules";
import { listMappingsInput, type IntegrationMapping, type IntegrationReference } from "./schema";

/** What an {@link IntegrationMapping} is made of. */
export const mappingParts = {
  integration: { select: { id: true, name: true } },
  organization: { select: { name: true } },
  connection: { select: { id: true, status: true, kind: true } },
  configValues: { include: { field: { select: { key: true, position: true } } } },
} satisfies Prisma.MappingInclude;
export type MappingWithParts = Prisma.MappingGetPayload<{ include: typeof mappingParts }>;

const FOREIGN_ORGANIZATION = "You speak for your own organization alone. Leave the scope out, or name it.";

/** @throws AppError `scope_forbidden` where a managed caller names another organization, existing or not */
export function requireOwnScope(actor: Actor, organizationId: unknown): void {
  if (isProviderContext(actor) || organizationId === undefined || organizationId === null) return;
  if (typeof organizationId === "string" && organizationId.toLowerCase() === actorOrganizationId(actor))
    return;
  throw new AppError("scope_forbidden", FOREIGN_ORGANIZATION);
}

/**
 * The integration of that id as far as the actor may see it, or the one that the organization's scripts get by that name:
 * its own before the global one.
 * @throws AppError `integration_not_found`
 */
export async function resolveIntegration(
  ctx: Ctx,
  { integrationId, integrationName = "" }: IntegrationReference,
  organizationId: string | null,
): Promise<{ id: string; name: string }> {
  const { prisma } = ctx.db;
  const select = { id: true, name: true };
  const visible = visibleIntegrations(ctx.actor);
  if (integrationId === undefined && !INTEGRATION_NAME.test(integrationName)) throw integrationNotFound();
  const row =
    integrationId === undefined
      ? await prisma.integration.findFirst({
          where: {
            AND: [visible, { name: integrationName, OR: [{ organizationId: null }, { organizationId }] }],
          },
          orderBy: { organizationId: { sort: "asc", nulls: "last" } },
          select,
        })
      : await prisma.integration.findFirst({ where: { AND: [{ id: integrationId }, visible] }, select });
  if (!row) throw integrationNotFound();
  return row;
}

/** @throws AppError `organization_not_found` for one that does not exist or is deactivated */
export async function requireActiveOrganization(
  db: Pick<Prisma.TransactionClient, "organization">,
  id: string,
): Promise<{ id: string; name: string; isProvider: boolean }> {
  const row = await db.organization.findUnique({
    where: { id },
    select: { id: true, name: true, isActive: true, kind: true },
  });
  if (row?.isActive) return { id: row.id, name: row.name, isProvider: row.kind === "provider" };
  throw new AppError(
    "organization_not_found",
    `There is no active organization ${id}. List them with GET /api/v1/organizations.`,
  );
}

/** System, operator and a key with credentials:read; people never see a secret. */
function mayReadSecrets(actor: Actor): boolean {
  if (actor.type === "user") return false;
  return actor.type !== "api_key" || actor.permissions.includes("credentials:read");
}

/**
 * A mapping as its reader may see it: secrets opened for a reader that may have them, which goes into the audit log.
 * @throws UnsealError when a secret cannot be opened
 */
async function readMapping(ctx: Ctx, row: MappingWithParts): Promise<IntegrationMapping> {
  const mapping = describeMapping(ctx, row);
  await recordSecretsRead(ctx, row);
  return mapping;
}

/**
 * A mapping with its secrets opened for a reader that may have them; {@link recordSecretsRead} goes with it.
 * @param unopened - given, it collects what cannot be opened, whose value is then null
 * @throws UnsealError when a secret cannot be opened and `unopened` is not given
 */
export function describeMapping(
  ctx: Ctx,
  row: MappingWithParts,
  unopened?: UnsealError[],
): IntegrationMapping {
  const opens = mayReadSecrets(ctx.actor);
  const values = row.configValues.toSorted((left, right) => left.field.position - right.field.position);
  const config: Record<string, JsonValue> = {};
  for (const { id, field, value, sealed } of values) {
    if (sealed === null) config[field.key] = value as JsonValue;
    else config[field.key] = opens ? openSecret(ctx, id, sealed, unopened) : null;
  }
  return {
    id: row.id,
    integrationId: row.integrationId,
    organizationId: row.organizationId,
    organizationName: row.organization.name,
    entityId: row.entityId,
    entityName: row.entityName,
    oauthTokenId: ownConnectionId(row),
    config,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  };
}

function openSecret(ctx: Ctx, id: string, sealed: string, unopened: UnsealError[] | undefined) {
  try {
    return unseal(ctx.keyring, { table: "ConfigValue", id, field: "value" }, sealed);
  } catch (error) {
    if (!unopened || !(error instanceof UnsealError)) throw error;
    unopened.push(error);
    return null;
  }
}

/** Notes in the audit log that the reader was given a mapping's secrets, where it has any and they may have them. */
export async function recordSecretsRead(ctx: Ctx, row: MappingWithParts): Promise<void> {
  if (!mayReadSecrets(ctx.actor) || row.configValues.every(({ sealed }) => sealed === null)) return;
  await recordCredentialRead(ctx.db.pool, ctx.actor, ctx.now(), {
    integrationId: row.integrationId,
    integrationName: row.integration.name,
    organizationId: row.organizationId,
    source: "organization",
  });
}

function ownConnectionId({ connection }: MappingWithParts): string | null {
  const isOwn = connection?.kind === "own" && connection.status !== "not_connected";
  return isOwn ? connection.id : null;
}

/**
 * One page of an integration's mappings, oldest first: all for a provider, the caller's own for a managed organization, the
 * ones of its organizations for a limited key. A secret that no key opens is null, and the rest is served all the same.
 * @returns `next`: the `after` of the next page, null on the last; `unopened`: what could not be opened, for the log
 * @throws AppError `integration_not_found`, `permission_denied`, `unauthenticated`, `validation_failed`
 */
export async function listMappings(
  ctx: Ctx,
  raw: unknown,
): Promise<{ mappings: IntegrationMapping[]; next: string | null; unopened: UnsealError[] }> {
  const { after, limit, ...reference } = parseInput(listMappingsInput, raw);
  const ownId = actorOrganizationId(ctx.actor);
  requirePermission(ctx.actor, "mappings.read", ownId);
  const { id: integrationId } = await resolveIntegration(ctx, reference, ownId);
  const limitedTo = await requireKeyAccess(ctx.db.pool, ctx.actor, { integrationId, organizationId: null });
  const rows = await ctx.db.prisma.mapping.findMany({
    where: {
      AND: [
        { integrationId, organization: { isActive: true } },
        isProviderContext(ctx.actor) || ownId === null ? {} : { organizationId: ownId },
        limitedTo === null ? {} : { organizationId: { in: limitedTo } },
        after === null ? {} : { id: { gt: after } },
      ],
    },
    orderBy: { id: "asc" },
    take: limit + 1,
    include: mappingParts,
  });
  const page = rows.slice(0, limit);
  const unopened: UnsealError[] = [];
  const mappings = page.map((row) => describeMapping(ctx, row, unopened));
  for (const row of page) await recordSecretsRead(ctx, row);
  return { mappings, next: rows.length > limit ? (page.at(-1)?.id ?? null) : null, unopened };
}

export interface GetMappingInput {
  /** The integration's name. */
  name: string;
  /** An organization's id, or undefined for the caller's own. */
  scope?: string | undefined;
  entityId?: string | undefined;
}

/**
 * The mapping of an organization, or the one with an entity ID; both given, both must match. By entity ID alone a provider
 * searches all organizations and a managed caller its own.
 * @throws AppError `mapping_not_found`, `ambiguous_mapping`, `integration_not_found`, `organization_not_found`,
 * `scope_forbidden`, `permission_denied`, `unauthenticated`, `validation_failed`
 */
export async function getMapping(ctx: Ctx, input: GetMappingInput): Promise<IntegrationMapping> {
  const { name, scope, entityId } = input;
  const ownId = actorOrganizationId(ctx.actor);
  requirePermission(ctx.actor, "mappings.read", ownId);
  if (scope === undefined && entityId !== undefined && isProviderContext(ctx.actor)) {
    return searchEntity(ctx, name, entityId);
  }
  const organizationId = requireTarget(ctx, scope);
  await requireKeyAccess(ctx.db.pool, ctx.actor, { integrationId: null, organizationId });
  await requireActiveOrganization(ctx.db.prisma, organizationId);
  const integration = await resolveIntegration(ctx, { integrationName: name }, organizationId);
  await requireKeyAccess(ctx.db.pool, ctx.actor, { integrationId: integration.id, organizationId });
  const row = await ctx.db.prisma.mapping.findUnique({
    where: { integrationId_organizationId: { integrationId: integration.id, organizationId } },
    include: mappingParts,
  });
  if (row && (entityId === undefined || (row.entityId !== null && sameEntity(row.entityId, entityId))))
    return readMapping(ctx, row);
  throw new AppError(
    "mapping_not_found",
    row
      ? `This organization's mapping of ${name} has another entity ID.`
      : `This organization has no mapping of ${name}. Create it with PUT, or under Mappings.`,
  );
}

function requireTarget(ctx: Ctx, scope: string | undefined): string {
  const decision = decideScope(
    {
      organizationId: actorOrganizationId(ctx.actor),
      isProvider: isProviderContext(ctx.actor),
      isApiKey: ctx.actor.type === "api_key",
      mayReadCredentials: false,
    },
    scope,
  );
  if (decision.ok && decision.targetId !== null) return decision.targetId;
  if (!decision.ok && decision.reason === "forbidden")
    throw new AppError("scope_forbidden", FOREIGN_ORGANIZATION);
  throw fieldError(
    "scope",
    'A mapping is an organization\'s: the scope must be its id (a UUID). "global" has none.',
  );
}

/** {@link sameEntity} for a mapping `m`, as the index has it. */
function hasEntity(entityId: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`lower(trim(m."entityId")) = lower(trim(${entityId}))`;
}

export interface Sharer {
  /** The one that was asked for. */
  entityId: string;
  mappingId: string;
  organizationName: string;
}

/**
 * For each entity ID up to four active organizations that have it: those that a look-up finds several of. A managed caller
 * sees no others' names.
 */
export async function findSharers(
  ctx: Ctx,
  integrationId: string,
  entityIds: readonly string[],
): Promise<Sharer[]> {
  if (!isProviderContext(ctx.actor) || entityIds.length === 0) return [];
  return ctx.db.prisma.$queryRaw<Sharer[]>`
    SELECT e."entityId", s."mappingId", s."organizationName"
    FROM unnest(${[...new Set(entityIds)]}::text[]) AS e("entityId")
    CROSS JOIN LATERAL (
      SELECT m."id" AS "mappingId", o."name" AS "organizationName" FROM "Mapping" m
      JOIN "Organization" o ON o."id" = m."organizationId" AND o."isActive"
      WHERE m."integrationId" = ${integrationId}::uuid AND ${hasEntity(Prisma.sql`e."entityId"`)}
      ORDER BY m."id" LIMIT 4) s`;
}

/** Mappings with the entity ID, of the integrations that their organizations get by the name. */
async function searchEntity(ctx: Ctx, name: string, entityId: string): Promise<IntegrationMapping> {
  const limitedTo = await requireKeyAccess(ctx.db.pool, ctx.actor, {
    integrationId: null,
    organizationId: null,
  });
  const { prisma } = ctx.db;
  const readable = await listReadableNamesakes(ctx, name);
  const found = await prisma.$queryRaw<{ id: string }[]>`
    SELECT m."id" FROM "Integration" i
    JOIN "Mapping" m ON m."integrationId" = i."id" AND ${hasEntity(Prisma.sql`${entityId}`)}
    JOIN "Organization" o ON o."id" = m."organizationId" AND o."isActive"
    WHERE i."id" = ANY(${readable}::uuid[])
      AND (${limitedTo}::uuid[] IS NULL OR m."organizationId" = ANY(${limitedTo}::uuid[]))
      AND (i."organizationId" = m."organizationId" OR (i."organizationId" IS NULL AND NOT EXISTS (
        SELECT FROM "Integration" x WHERE x."name" = i."name" AND x."organizationId" = m."organizationId")))
    LIMIT 2`;
  const [first, second] = found;
  if (!first)
    throw new AppError("mapping_not_found", `No organization's mapping of ${name} has this entity ID.`);
  if (second) {
    throw new AppError(
      "ambiguous_mapping",
      `Several organizations' mappings of ${name} have this entity ID. Name one of them as the scope.`,
    );
  }
  return readMapping(
    ctx,
    await prisma.mapping.findUniqueOrThrow({ where: { id: first.id }, include: mappingParts }),
  );
}

/**
 * The integrations of a name, as far as a limited key may read them. Judged before anything is searched: what a key may not
 * read must not show by the answer.
 * @throws AppError `integration_not_found`; `permission_denied` where there are some and the key may read none
 */
async function listReadableNamesakes(ctx: Ctx, name: string): Promise<string[]> {
  const { prisma, pool } = ctx.db;
  const keyId = ctx.actor.type === "api_key" ? ctx.actor.id : null;
  const rows = INTEGRATION_NAME.test(name)
    ? await prisma.$queryRaw<{ id: string; isReadable: boolean }[]>`
        SELECT i."id"::text, ${keyId}::uuid IS NULL
          OR NOT (SELECT k."limitsIntegrations" FROM "ApiKey" k WHERE k."id" = ${keyId}::uuid)
          OR EXISTS (SELECT FROM "ApiKeyIntegration" a
            WHERE a."apiKeyId" = ${keyId}::uuid AND a."integrationId" = i."id") AS "isReadable"
        FROM "Integration" i WHERE i."name" = ${name}`
    : [];
  const [first] = rows;
  if (!first) throw integrationNotFound();
  const readable = rows.flatMap(({ id, isReadable }) => (isReadable ? [id] : []));
  if (readable.length === 0)
    await requireKeyAccess(pool, ctx.actor, { integrationId: first.id, organizationId: null });
  return readable;
}
