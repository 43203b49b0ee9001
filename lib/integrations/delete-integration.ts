import { recordAudit } from "@/lib/audit/record-audit";
import type { Ctx } from "@/lib/auth/context";
import { requirePermission } from "@/lib/auth/permissions";
import { fieldError, parseInput } from "@/lib/errors";
import { integrationNotFound, visibleIntegrations } from "./queries";
import { deleteIntegrationInput } from "./schema";

/**
 * Deletes an integration with its OAuth client, config, mappings and connections. Its callback slug stays taken.
 * @throws AppError `integration_not_found`, `permission_denied`, `validation_failed` where the name typed is another
 */
export async function deleteIntegration(ctx: Ctx, raw: unknown): Promise<void> {
  const { id, confirmName } = parseInput(deleteIntegrationInput, raw);
  await ctx.db.prisma.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT 1 FROM "Integration" WHERE "id" = ${id}::uuid FOR UPDATE`;
    const row = await tx.integration.findFirst({
      where: { AND: [{ id }, visibleIntegrations(ctx.actor)] },
      include: { _count: { select: { mappings: true, connections: true, configValues: true } } },
    });
    if (!row) throw integrationNotFound();
    requirePermission(ctx.actor, "integrations.write", row.organizationId);
    if (confirmName !== row.name) throw fieldError("confirmName", `Type ${row.name} to delete it.`);
    await tx.integration.delete({ where: { id } });
    await recordAudit(tx, ctx.actor, ctx.now(), {
      action: "integration.delete",
      target: { type: "integration", id, label: row.name },
      organizationId: row.organizationId,
      before: { slug: row.slug, ...row._count },
    });
  });
}
