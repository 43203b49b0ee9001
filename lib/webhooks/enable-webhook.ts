import { recordAudit } from "@/lib/audit/record-audit";
import type { Ctx } from "@/lib/auth/context";
import { requirePermission } from "@/lib/auth/permissions";
import { parseInput } from "@/lib/errors";
import { requireEndpoint } from "./queries";
import { webhookIdSchema } from "./schema";

/**
 * Tells an endpoint again of what happens from now on. Enabling twice changes nothing.
 * @throws AppError `permission_denied`, `webhook_not_found`
 */
export async function enableWebhook(ctx: Pick<Ctx, "actor" | "db" | "now">, input: unknown): Promise<void> {
  requirePermission(ctx.actor, "webhooks.write", null);
  const { id } = parseInput(webhookIdSchema, input);
  await ctx.db.prisma.$transaction(async (tx) => {
    const { name, disabledReason } = await requireEndpoint(tx, id);
    const { count } = await tx.webhookEndpoint.updateMany({
      where: { id, isEnabled: false },
      data: { isEnabled: true, disabledAt: null, disabledReason: null, failingSince: null },
    });
    if (count === 0) return;
    await recordAudit(tx, ctx.actor, ctx.now(), {
      action: "webhook.enable",
      target: { type: "webhook", id, label: name },
      organizationId: null,
      before: { disabledReason },
    });
  });
}
