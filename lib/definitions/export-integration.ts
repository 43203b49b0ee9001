import { recordAudit } from "@/lib/audit/record-audit";
import type { Ctx } from "@/lib/auth/context";
import { requirePermission } from "@/lib/auth/permissions";
import { parseInput } from "@/lib/errors";
import { integrationNotFound, visibleIntegrations } from "@/lib/integrations/queries";
import { definitionOf, definitionParts } from "./queries";
import { exportIntegrationInput } from "./schema";
import { writeDefinition } from "./write-definition";

/**
 * An integration's definition as YAML: its config schema, defaults, OAuth settings and what else an admin sets; no
 * secret, token, mapping or connection.
 * @throws AppError `integration_not_found`, `permission_denied`, `validation_failed`
 */
export async function exportIntegration(ctx: Ctx, raw: unknown): Promise<{ name: string; text: string }> {
  const { integrationId } = parseInput(exportIntegrationInput, raw);
  return ctx.db.prisma.$transaction(async (tx) => {
    const row = await tx.integration.findFirst({
      where: { AND: [{ id: integrationId }, visibleIntegrations(ctx.actor)] },
      include: definitionParts,
    });
    if (!row) throw integrationNotFound();
    requirePermission(ctx.actor, "integrations.write", row.organizationId);
    const text = writeDefinition(definitionOf(row));
    await recordAudit(tx, ctx.actor, ctx.now(), {
      action: "integration.export",
      target: { type: "integration", id: row.id, label: row.name },
      organizationId: row.organizationId,
    });
    return { name: row.name, text };
  });
}
