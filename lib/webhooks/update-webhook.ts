import { recordAudit } from "@/lib/audit/record-audit";
import type { Ctx } from "@/lib/auth/context";
import { requirePermission } from "@/lib/auth/permissions";
import { parseInput } from "@/lib/errors";
import { sealCheckedUrl } from "./seal-checked-url";
import { requireEndpoint } from "./queries";
import { requireFreeName } from "./require-free-name";
import { updateWebhookSchema } from "./schema";

/**
 * Changes an endpoint's name, events and URL; its format is for ever. A URL left out stays as it is.
 * @throws AppError `permission_denied`, `webhook_not_found`, `validation_failed`
 */
export async function updateWebhook(ctx: Ctx, input: unknown): Promise<void> {
  requirePermission(ctx.actor, "webhooks.write", null);
  const { id, name, url, events } = parseInput(updateWebhookSchema, input);
  const sealed = url === undefined ? {} : sealCheckedUrl(ctx, id, url);
  await ctx.db.prisma.$transaction(async (tx) => {
    const before = await requireEndpoint(tx, id);
    await requireFreeName(tx, name, id);
    const after = await tx.webhookEndpoint.update({ where: { id }, data: { name, events, ...sealed } });
    await recordAudit(tx, ctx.actor, ctx.now(), {
      action: "webhook.update",
      target: { type: "webhook", id, label: name },
      organizationId: null,
      before: { name: before.name, events: before.events, url: before.urlHint },
      after: { name, events, url: url === undefined ? before.urlHint : `${after.urlHint} (changed)` },
    });
  });
}
