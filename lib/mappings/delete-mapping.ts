import { recordAudit } from "@/lib/audit/record-audit";
import type { Ctx } from "@/lib/auth/context";
import { requirePermission } from "@/lib/auth/permissions";
import { requireKeyAccess } from "@/lib/auth/require-key-access";
import { listSteeringUses } from "@/lib/config/queries";
import type { Prisma } from "@/lib/db/generated/client";
import { parseInput } from "@/lib/errors";
import { maySteer, steeringDenied } from "./may-steer";
import { requireActiveOrganization, requireOwnScope, resolveIntegration } from "./queries";
import { steeringKeys } from "./rules";
import { deleteMappingInput } from "./schema";

const withSteering = {
  configValues: { select: { field: { select: { key: true } } } },
  integration: { include: { oauthClient: true } },
} satisfies Prisma.MappingInclude;

/**
 * Deletes an organization's mapping with its overrides and its own connection. Tokens are not revoked at the service:
 * Disconnect does that before. What only the provider may clear, only the provider may delete.
 * @returns whether there was one
 * @throws AppError `scope_forbidden`, `permission_denied`, `organization_not_found`, `integration_not_found`,
 * `unauthenticated`, `validation_failed`
 */
export async function deleteMapping(ctx: Ctx, raw: unknown): Promise<boolean> {
  if (typeof raw === "object" && raw !== null && "organizationId" in raw) {
    requireOwnScope(ctx.actor, raw.organizationId);
  }
  const input = parseInput(deleteMappingInput, raw);
  const organizationId = input.organizationId.toLowerCase();
  requirePermission(ctx.actor, "mappings.write", organizationId);
  await requireKeyAccess(ctx.db.pool, ctx.actor, { integrationId: null, organizationId });
  const organization = await requireActiveOrganization(ctx.db.prisma, organizationId);
  const integration = await resolveIntegration(ctx, input, organizationId);
  await requireKeyAccess(ctx.db.pool, ctx.actor, { integrationId: integration.id, organizationId });
  return ctx.db.prisma.$transaction(async (tx) => {
    // Mapping before connection, as an upsert and a handshake take them; a lock that lets foreign keys pass.
    const [locked] = await tx.$queryRaw<{ id: string }[]>`
      SELECT "id" FROM "Mapping" WHERE "integrationId" = ${integration.id}::uuid
        AND "organizationId" = ${organizationId}::uuid FOR NO KEY UPDATE`;
    // One that was made anew while this waited for another deletion is not locked, and not the one that was to go.
    if (!locked) return false;
    const row = await tx.mapping.findUniqueOrThrow({
      where: { id: locked.id },
      include: {
        connection: { select: { status: true, accountLabel: true } },
        ...withSteering,
      },
    });
    requireSteering(ctx, row);
    await tx.$queryRaw`SELECT 1 FROM "Connection" WHERE "mappingId" = ${row.id}::uuid FOR UPDATE`;
    await tx.mapping.delete({ where: { id: row.id } });
    await recordAudit(tx, ctx.actor, ctx.now(), {
      action: "mapping.delete",
      target: { type: "mapping", id: row.id, label: `${integration.name} · ${organization.name}` },
      organizationId,
      before: {
        entityId: row.entityId,
        entityName: row.entityName,
        overrides: row.configValues.map(({ field }) => field.key),
        connection: row.connection?.status ?? null,
        account: row.connection?.accountLabel ?? null,
      },
    });
    return true;
  });
}

type SteeredMapping = Prisma.MappingGetPayload<{ include: typeof withSteering }>;

/** With the mapping would go what leads its tokens to this customer, and the defaults would lead them elsewhere. */
function requireSteering(ctx: Ctx, { entityId, configValues, integration }: SteeredMapping): void {
  if (maySteer(ctx.actor, integration)) return;
  const keys = steeringKeys(listSteeringUses(integration));
  const steered = configValues.map(({ field }) => field.key).filter((key) => keys.has(key));
  const fields = [
    ...(entityId === null ? [] : [["entityId", "the entity ID"] as const]),
    ...steered.map((key) => [`config.${key}`, key] as const),
  ];
  if (fields.length > 0) throw steeringDenied(fields);
}
