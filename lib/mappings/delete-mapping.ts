import { recordAudit } from "@/lib/audit/record-audit";
import type { Ctx } from "@/lib/auth/context";
import { requirePermission } from "@/lib/auth/permissions";
import { requireKeyAccess } from "@/lib/auth/require-key-access";
import { parseInput } from "@/lib/errors";
import { requireActiveOrganization, requireOwnScope, resolveIntegration } from "./queries";
import { deleteMappingInput } from "./schema";

/**
 * Deletes an organization's mapping with its overrides and its own connection. Tokens are not revoked at the service:
 * Disconnect does that before.
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
    // Mapping before connection, as an upsert takes them; a lock that lets a handshake's foreign key pass, as it takes them the other way round.
    await tx.$queryRaw`
      SELECT 1 FROM "Mapping" WHERE "integrationId" = ${integration.id}::uuid
        AND "organizationId" = ${organizationId}::uuid FOR NO KEY UPDATE`;
    const row = await tx.mapping.findUnique({
      where: { integrationId_organizationId: { integrationId: integration.id, organizationId } },
      include: {
        connection: { select: { status: true, accountLabel: true } },
        configValues: { select: { field: { select: { key: true } } } },
      },
    });
    if (!row) return false;
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
