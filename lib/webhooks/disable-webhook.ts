import { recordAudit } from "@/lib/audit/record-audit";
import type { Ctx } from "@/lib/auth/context";
import { requirePermission } from "@/lib/auth/permissions";
import { parseInput } from "@/lib/errors";
import { closeEndpoint } from "./close-endpoint";
import { requireEndpoint } from "./queries";
import { webhookIdSchema } from "./schema";

/**
 * Sends nothing more to an endpoint until it is enabled again. Disabling twice changes nothing.
 * @throws AppError `permission_denied`, `webhook_not_found`
 */
export async function disableWebhook(ctx: Pick<Ctx, "actor" | "db" | "now">, input: unknown): Promise<void> {
  requirePermission(ctx.actor, "webhooks.write", null);
  const { id } = parseInput(webhookIdSchema, input);
  await ctx.db.prisma.$transaction(async (tx) => {
    const { name } = await requireEndpoint(tx, id);
    if (!(await closeEndpoint(tx, id, ctx.now(), null))) return;
    await recordAudit(tx, ctx.actor, ctx.now(), {
      action: "webhook.disable",
      target: { type: "webhook", id, label: name },
      organizationId: null,
    });
  });
}
