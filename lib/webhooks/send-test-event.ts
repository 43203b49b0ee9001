import { recordAudit } from "@/lib/audit/record-audit";
import type { Ctx } from "@/lib/auth/context";
import { requirePermission } from "@/lib/auth/permissions";
import { uuidv7 } from "@/lib/db/id";
import { AppError, parseInput } from "@/lib/errors";
import { attemptDelivery } from "./attempt-delivery";
import { claimAskedDelivery } from "./claim-delivery";
import { requireEndpoint } from "./queries";
import { TEST_EVENT } from "./rules";
import { type TryOutcome, webhookIdSchema } from "./schema";

/**
 * Sends a test event to one endpoint, a disabled one too, and says what came of it. It is tried once.
 * @throws AppError `permission_denied`, `webhook_not_found`
 */
export async function sendTestEvent(ctx: Ctx, input: unknown): Promise<TryOutcome> {
  requirePermission(ctx.actor, "webhooks.write", null);
  const { id } = parseInput(webhookIdSchema, input);
  const deliveryId = uuidv7();
  await ctx.db.prisma.$transaction(async (tx) => {
    const { name } = await requireEndpoint(tx, id);
    const event = await tx.webhookEvent.create({
      data: {
        type: TEST_EVENT,
        occurredAt: ctx.now(),
        spreadAt: ctx.now(),
        message: `${ctx.actor.label} asked for it, to see whether events arrive.`,
        path: `/settings/webhooks/${id}`,
      },
      select: { id: true },
    });
    // Not pending: the worker must not be quicker than the one who waits for the outcome.
    await tx.webhookDelivery.create({
      data: { id: deliveryId, endpointId: id, eventId: event.id, status: "failed", createdAt: ctx.now() },
    });
    await recordAudit(tx, ctx.actor, ctx.now(), {
      action: "webhook.test",
      target: { type: "webhook", id, label: name },
      organizationId: null,
    });
  });
  const claim = await claimAskedDelivery(ctx.db.pool, deliveryId);
  if (!claim) throw new AppError("webhook_not_found", "The webhook was deleted in this moment.");
  return attemptDelivery(ctx, claim);
}
