import { recordAudit } from "@/lib/audit/record-audit";
import type { Ctx } from "@/lib/auth/context";
import { requirePermission } from "@/lib/auth/permissions";
import { fieldError, parseInput } from "@/lib/errors";
import { requireEndpoint } from "./queries";
import { deleteWebhookSchema } from "./schema";

/**
 * Deletes an endpoint with its secret and the log of its deliveries. Its name is asked for, so that none goes by accident.
 * @throws AppError `permission_denied`, `webhook_not_found`, `validation_failed`
 */
export async function deleteWebhook(ctx: Pick<Ctx, "actor" | "db" | "now">, input: unknown): Promise<void> {
  requirePermission(ctx.actor, "webhooks.write", null);
  const { id, confirmName } = parseInput(deleteWebhookSchema, input);
  await ctx.db.prisma.$transaction(async (tx) => {
    const { name, format, events, urlHint } = await requireEndpoint(tx, id);
    if (confirmName !== name) throw fieldError("confirmName", `Type ${name} exactly, capitals included.`);
    await tx.webhookEndpoint.delete({ where: { id } });
    await recordAudit(tx, ctx.actor, ctx.now(), {
      action: "webhook.delete",
      target: { type: "webhook", id, label: name },
      organizationId: null,
      before: { name, format, events, url: urlHint },
    });
  });
}
