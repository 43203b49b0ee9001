import { isProviderContext } from "@/lib/auth/actor";
import type { Ctx } from "@/lib/auth/context";
import { may } from "@/lib/auth/permissions";
import { connectionView } from "@/lib/connections/queries";
import type { Prisma } from "@/lib/db/generated/client";
import { chooseConnection } from "@/lib/integrations/rules";
import { getEffectiveResult } from "./get-effective-result";
import { judgeEntity } from "./rules";
import type { MappingView, WithoutOwn } from "./schema";

const integrationParts = {
  oauthClient: { select: { flowType: true, tokenUrl: true } },
  connections: { where: { mappingId: null } },
} satisfies Prisma.IntegrationInclude;
type IntegrationRow = Prisma.IntegrationGetPayload<{ include: typeof integrationParts }>;

const mappingParts = { connection: { include: { heldGrant: true } } } satisfies Prisma.MappingInclude;

/** How many names of organizations with the same entity ID are told. */
const NAMED_SHARERS = 3;

/**
 * Everything the screen of one organization's mapping shows, mapped or not yet; no secret.
 * @throws AppError `integration_not_found`, `organization_not_found`, `scope_forbidden`
 */
export async function getMappingView(
  ctx: Ctx,
  integrationId: string,
  organizationId: string,
): Promise<MappingView> {
  const effective = await getEffectiveResult(ctx, integrationId, organizationId);
  const { prisma } = ctx.db;
  const now = ctx.now();
  const mapping = await prisma.mapping.findUnique({
    where: { integrationId_organizationId: { integrationId, organizationId } },
    include: mappingParts,
  });
  const [integration, handshake, sharesEntityWith] = await Promise.all([
    prisma.integration.findUniqueOrThrow({ where: { id: integrationId }, include: integrationParts }),
    mapping &&
      prisma.handshake.findFirst({
        where: { mappingId: mapping.id, expiresAt: { gt: now } },
        orderBy: { expiresAt: "desc" },
        select: { expiresAt: true },
      }),
    findSharers(ctx, integrationId, mapping),
  ]);
  const isTheirs = integration.organizationId === null || integration.organizationId === organizationId;
  const own = mapping?.connection ? { ...mapping.connection, mapping } : null;
  return {
    effective,
    mapping: mapping && { id: mapping.id, entityId: mapping.entityId, entityName: mapping.entityName },
    defaultEntityId: integration.defaultEntityId,
    sharesEntityWith,
    connection: integration.oauthClient && connectionView(own, handshake?.expiresAt ?? null, now),
    withoutOwn: integration.oauthClient && withoutOwn(integration, organizationId, effective.entityId),
    can: {
      write: isTheirs && may(ctx.actor, "mappings.write", organizationId),
      steer: isProviderContext(ctx.actor) || integration.organizationId === organizationId,
      connect: mapping !== null && may(ctx.actor, "connections.connect", organizationId),
      test: mapping !== null && may(ctx.actor, "connections.test", organizationId),
    },
  };
}

/** Which connection the organization gets when it has none of its own. */
function withoutOwn(
  integration: IntegrationRow,
  organizationId: string,
  entityId: string | null,
): WithoutOwn | null {
  const client = integration.oauthClient;
  if (!client) return null;
  const { source, reason } = chooseConnection({
    targetId: organizationId,
    ownerId: integration.organizationId,
    policy: integration.organizationPolicy,
    isMapped: true,
    hasOwnConnection: false,
    flowType: client.flowType,
    tokenUrl: client.tokenUrl,
  });
  const byDefault = source === "default" ? (integration.connections[0] ?? null) : null;
  const isConnected = byDefault !== null && byDefault.status !== "not_connected";
  return {
    source,
    reason,
    isConnected,
    account: byDefault?.accountLabel ?? byDefault?.accountSubject ?? null,
    ...judgeEntity(isConnected ? byDefault : null, entityId),
  };
}

/** Other organizations with the same entity ID here; a managed caller learns no names. */
async function findSharers(
  ctx: Ctx,
  integrationId: string,
  mapping: { id: string; entityId: string | null } | null,
): Promise<string[]> {
  if (!mapping || mapping.entityId === null || !isProviderContext(ctx.actor)) return [];
  const rows = await ctx.db.prisma.mapping.findMany({
    where: { integrationId, entityId: mapping.entityId, id: { not: mapping.id } },
    orderBy: { id: "asc" },
    take: NAMED_SHARERS,
    select: { organization: { select: { name: true } } },
  });
  return rows.map(({ organization }) => organization.name);
}
