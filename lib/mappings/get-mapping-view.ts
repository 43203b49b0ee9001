import { isOutsider, isProviderContext } from "@/lib/auth/actor";
import type { Ctx } from "@/lib/auth/context";
import { may } from "@/lib/auth/permissions";
import { connectionView } from "@/lib/connections/queries";
import type { Prisma } from "@/lib/db/generated/client";
import { getEffectiveResult } from "./get-effective-result";
import { maySteer } from "./may-steer";
import { findSharers } from "./queries";
import type { MappingView } from "./schema";

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
    prisma.integration.findUniqueOrThrow({
      where: { id: integrationId },
      select: {
        organizationId: true,
        defaultEntityId: true,
        presetId: true,
        oauthClient: {
          select: {
            flowType: true,
            errorCode: true,
            probeAt: true,
            unansweredPolicy: true,
            refreshTokensReusable: true,
          },
        },
      },
    }),
    mapping &&
      prisma.handshake.findFirst({
        where: { mappingId: mapping.id, expiresAt: { gt: now } },
        orderBy: { expiresAt: "desc" },
        select: { expiresAt: true },
      }),
    nameSharers(ctx, integrationId, mapping),
  ]);
  const isTheirs = integration.organizationId === null || integration.organizationId === organizationId;
  const stored = mapping?.connection ? { ...mapping.connection, mapping } : null;
  const own = stored?.kind === "own" ? stored : null;
  const isDerived = stored?.kind === "derived" && stored.status !== "not_connected";
  const mayWrite = isTheirs && may(ctx.actor, "mappings.write", organizationId);
  const steers = maySteer(ctx.actor, integration);
  const isSteered =
    mapping?.entityId != null ||
    effective.values.some(({ hasOverride, steers: use }) => hasOverride && use !== null);
  const can = {
    write: mayWrite,
    steer: steers,
    remove: mapping !== null && mayWrite && (steers || !isSteered),
    connect: mapping !== null && may(ctx.actor, "connections.connect", organizationId),
    refreshDerived: isProviderContext(ctx.actor) && may(ctx.actor, "connections.connect", organizationId),
    test: mapping !== null && may(ctx.actor, "connections.test", organizationId),
  };
  const viewer = {
    mayConnect: can.connect,
    mayEdit: may(ctx.actor, "integrations.write", integration.organizationId),
  };
  return {
    effective,
    mapping: mapping && { id: mapping.id, entityId: mapping.entityId, entityName: mapping.entityName },
    defaultEntityId: integration.defaultEntityId,
    sharesEntityWith,
    connection:
      effective.oauth && connectionView(own, integration, viewer, handshake?.expiresAt ?? null, now),
    derived: isDerived
      ? connectionView(
          stored,
          integration,
          {
            ...viewer,
            mayConnect: can.refreshDerived,
            isOutsider: isOutsider(ctx.actor, integration.organizationId),
          },
          null,
          now,
        )
      : null,
    can,
  };
}

/** The names of other organizations with the same entity ID here. */
async function nameSharers(
  ctx: Ctx,
  integrationId: string,
  mapping: { id: string; entityId: string | null } | null,
): Promise<string[]> {
  if (!mapping || mapping.entityId === null) return [];
  const sharers = await findSharers(ctx, integrationId, [mapping.entityId]);
  return sharers
    .filter(({ mappingId }) => mappingId !== mapping.id)
    .map(({ organizationName }) => organizationName)
    .slice(0, NAMED_SHARERS);
}
