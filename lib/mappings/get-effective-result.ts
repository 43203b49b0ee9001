import { type Actor, actorOrganizationId, isOutsider, isProviderContext } from "@/lib/auth/actor";
import type { Ctx } from "@/lib/auth/context";
import { may } from "@/lib/auth/permissions";
import { listSteeringUses } from "@/lib/config/queries";
import { missingRequired } from "@/lib/config/rules";
import { templateValues } from "@/lib/connections/rules";
import type { Prisma } from "@/lib/db/generated/client";
import { readClock } from "@/lib/db/read-clock";
import { tellFailure } from "@/lib/health/rules";
import { integrationNotFound, visibleIntegrations } from "@/lib/integrations/queries";
import {
  chooseConnection,
  explainServing,
  hasOwnTokenUrl,
  type JsonValue,
  missingToken,
  oauthView,
} from "@/lib/integrations/rules";
import { resolveUrlTemplate } from "@/lib/oauth/templates";
import { requireActiveOrganization, requireOwnScope } from "./queries";
import { judgeEntity, steersWhat } from "./rules";
import type { EffectiveResult, EffectiveValue } from "./schema";

const parts = {
  oauthClient: true,
  configFields: { orderBy: { position: "asc" }, include: { values: { where: { mappingId: null } } } },
  connections: { where: { mappingId: null } },
} satisfies Prisma.IntegrationInclude;
type IntegrationRow = Prisma.IntegrationGetPayload<{ include: typeof parts }>;

const mappingPart = { connection: true, configValues: true } satisfies Prisma.MappingInclude;
type MappingRow = Prisma.MappingGetPayload<{ include: typeof mappingPart }> | null;

/**
 * What `get` would answer a script of the organization, with where each value and the token come from; `organizationId` null
 * asks for the defaults alone. No secret is in it.
 * @throws AppError `integration_not_found`, `organization_not_found`, `scope_forbidden`
 */
export async function getEffectiveResult(
  ctx: Ctx,
  integrationId: string,
  organizationId: string | null,
): Promise<EffectiveResult> {
  requireOwnScope(ctx.actor, organizationId);
  const { prisma } = ctx.db;
  const [integration, now] = await Promise.all([
    prisma.integration.findFirst({
      where: { AND: [{ id: integrationId }, visibleIntegrations(ctx.actor)] },
      include: parts,
    }),
    readClock(ctx.db.pool),
  ]);
  const readsDefaults = isProviderContext(ctx.actor) || organizationId !== null;
  const isForeign =
    organizationId !== null && ![null, organizationId].includes(integration?.organizationId ?? null);
  if (
    !integration ||
    isForeign ||
    !readsDefaults ||
    !may(ctx.actor, "mappings.read", actorOrganizationId(ctx.actor))
  ) {
    throw integrationNotFound();
  }
  const organization = organizationId && (await requireActiveOrganization(prisma, organizationId));
  const [mapping, shadow] = organization
    ? await Promise.all([
        prisma.mapping.findUnique({
          where: { integrationId_organizationId: { integrationId, organizationId: organization.id } },
          include: mappingPart,
        }),
        prisma.integration.findFirst({
          where: { name: integration.name, organizationId: organization.id, id: { not: integrationId } },
          select: { id: true },
        }),
      ])
    : [null, null];
  const values = effectiveValues(integration, mapping);
  const entityId = mapping?.entityId ?? integration.defaultEntityId;
  const ownEntity = mapping?.entityId != null;
  return {
    integrationId,
    name: integration.name,
    organization: organization ? { id: organization.id, name: organization.name } : null,
    mappingId: mapping?.id ?? null,
    entityId,
    entityIdSource: entityId === null ? null : ownEntity ? "organization" : "default",
    entityName: mapping?.entityName ?? null,
    values,
    missing: missingRequired(
      values,
      values.filter(({ source }) => source !== null),
    ),
    oauth:
      integration.oauthClient &&
      effectiveOAuth(
        { actor: ctx.actor, now },
        integration,
        integration.oauthClient,
        mapping,
        organization || null,
      ),
    shadowedBy: shadow,
  };
}

function effectiveValues(integration: IntegrationRow, mapping: MappingRow): EffectiveValue[] {
  const overrides = new Map(mapping?.configValues.map((value) => [value.fieldId, value]));
  const uses = listSteeringUses(integration);
  return integration.configFields.map((field) => {
    const { id: fieldId, key, type, required, description } = field;
    const [byDefault] = field.values;
    const override = overrides.get(fieldId);
    const stored = override ?? byDefault;
    const isOpen = type !== "secret";
    return {
      fieldId,
      key,
      type,
      required,
      description,
      source: override ? "organization" : byDefault ? "default" : null,
      ...(isOpen && stored ? { value: stored.value as JsonValue } : {}),
      ...(isOpen && byDefault ? { default: byDefault.value as JsonValue } : {}),
      hasDefault: byDefault !== undefined,
      hasOverride: override !== undefined,
      setAt: stored?.setAt.toISOString() ?? null,
      setBy: stored?.setBy ?? null,
      steers: steersWhat(key, uses),
    };
  });
}

function effectiveOAuth(
  { actor, now }: { actor: Actor; now: Date },
  integration: IntegrationRow,
  client: NonNullable<IntegrationRow["oauthClient"]>,
  mapping: MappingRow,
  target: { id: string; isProvider: boolean } | null,
): EffectiveResult["oauth"] {
  const stored = mapping?.connection?.status === "not_connected" ? null : (mapping?.connection ?? null);
  const own = stored?.kind === "own" ? stored : null;
  const keys = new Map(integration.configFields.map(({ id, key }) => [id, key]));
  const overrides = mapping?.configValues.map(({ fieldId }) => keys.get(fieldId) ?? "") ?? [];
  const ownTokenUrl = hasOwnTokenUrl(client.tokenUrl, mapping && { entityId: mapping.entityId, overrides });
  const chosen = chooseConnection({
    targetId: target?.id ?? null,
    ownerId: integration.organizationId,
    policy: integration.organizationPolicy,
    isMapped: mapping !== null,
    hasOwnTokenUrl: ownTokenUrl,
    hasOwnConnection: own !== null,
    flowType: client.flowType,
    tokenUrl: client.tokenUrl,
  });
  const { source } = chosen;
  const byDefault = integration.connections[0] ?? null;
  const connection =
    source === "organization" ? own : source === "derived" ? stored : source === "default" ? byDefault : null;
  const serving = explainServing(chosen, connection, byDefault);
  const values = valuesBehind(integration, source === "default" ? null : mapping);
  const resolve = (url: string | null) => {
    if (url === null) return null;
    const resolved = resolveUrlTemplate(url, values, { allowedHostSuffixes: integration.apiHosts });
    return resolved.ok ? resolved.url : null;
  };
  const error =
    connection &&
    tellFailure(connection, source !== "organization" && isOutsider(actor, integration.organizationId));
  const told = connection && {
    ...connection,
    errorMessage: error,
    hasAccessToken: connection.accessToken !== null,
  };
  const missing = missingToken(serving, told, now);
  const { mayHaveToken } = oauthView({
    reader: {
      organizationId: target?.id ?? null,
      isProvider: target === null || target.isProvider,
      isApiKey: true,
      mayReadCredentials: true,
    },
    ownerId: integration.organizationId,
    lendsDefaultToKeys: integration.lendsDefaultToKeys,
    serving,
    connection: told,
    ourWords: null,
    now,
  });
  return {
    source,
    reason: serving.reason,
    status: connection?.status ?? "not_connected",
    error: missing?.code === "expired" ? missing.message : error,
    account: connection?.accountLabel ?? connection?.accountSubject ?? null,
    ...judgeEntity(connection, mapping?.entityId ?? integration.defaultEntityId),
    connectionId: connection?.id ?? null,
    hasAccessToken: missing === null,
    ownKeysMayHave: mayHaveToken,
    expiresAt: connection?.expiresAt?.toISOString() ?? null,
    hasOwnTokenUrl: ownTokenUrl,
    clientId: client.clientId,
    authorizationUrl: resolve(client.authorizationUrl),
    tokenUrl: resolve(client.tokenUrl),
  };
}

/** URLs are resolved with the values of whoever's connection serves. */
function valuesBehind(integration: IntegrationRow, mapping: MappingRow) {
  const overrides = new Map(mapping?.configValues.map((value) => [value.fieldId, value.value]));
  return templateValues(
    mapping?.entityId ?? integration.defaultEntityId,
    integration.configFields.map(({ id, key, type, values: [byDefault] }) => ({
      key,
      type,
      value: overrides.has(id) ? overrides.get(id) : byDefault?.value,
    })),
  );
}
