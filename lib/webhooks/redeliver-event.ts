import { z } from "zod";
import { recordAudit } from "@/lib/audit/record-audit";
import type { Ctx } from "@/lib/auth/context";
import { requirePermission } from "@/lib/auth/permissions";
import { AppError, parseInput } from "@/lib/errors";
import { attemptDelivery } from "./attempt-delivery";
import { claimAskedDelivery } from "./claim-delivery";
import type { TryOutcome } from "./schema";

const inputSchema = z.object({ deliveryId: z.uuid() });

/**
 * Sends an event again, at once and under the same id, whatever became of it before; if that fails, the schedule begins anew.
 * @throws AppError `permission_denied`, `webhook_delivery_not_found`, `conflict` for a disabled endpoint and while the event
 * is being sent
 */
export async function redeliverEvent(ctx: Ctx, input: unknown): Promise<TryOutcome> {
  requirePermission(ctx.actor, "webhooks.write", null);
  const { deliveryId } = parseInput(inputSchema, input);
  await ctx.db.prisma.$transaction(async (tx) => {
    const delivery = await tx.webhookDelivery.findUnique({
      where: { id: deliveryId },
      select: { endpoint: { select: { id: true, name: true, isEnabled: true } }, event: true },
    });
    if (!delivery) {
      throw new AppError(
        "webhook_delivery_not_found",
        "This delivery is in the log no more. Look at the log again.",
      );
    }
    const { endpoint, event } = delivery;
    if (!endpoint.isEnabled) {
      throw new AppError("conflict", `${endpoint.name} is disabled. Enable it, then redeliver.`);
    }
    await recordAudit(tx, ctx.actor, ctx.now(), {
      action: "webhook.redeliver",
      target: { type: "webhook", id: endpoint.id, label: endpoint.name },
      organizationId: null,
      after: { event: event.id, type: event.type },
    });
  });
  const claim = await claimAskedDelivery(ctx.db.pool, deliveryId);
  if (!claim)
    throw new AppError("conflict", "The event is being sent in this moment. Look at the log again.");
  return attemptDelivery(ctx, claim);
}
