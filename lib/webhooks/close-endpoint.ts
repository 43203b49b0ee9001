import type { Tx } from "@/lib/db/client";

/**
 * Sends nothing more to an endpoint: what is pending for it ends as failed, and can be redelivered when it is enabled again.
 * A part of disabling, by a person or by the platform itself, which records it.
 * @returns whether it was enabled
 */
export async function closeEndpoint(
  tx: Tx,
  id: string,
  now: Date,
  reason: "gone" | "failing" | null,
): Promise<boolean> {
  const { count } = await tx.webhookEndpoint.updateMany({
    where: { id, isEnabled: true },
    data: { isEnabled: false, disabledAt: now, disabledReason: reason, pausedUntil: null },
  });
  if (count === 0) return false;
  await tx.webhookDelivery.updateMany({
    where: { endpointId: id, status: "pending" },
    data: { status: "failed", nextTryAt: null },
  });
  return true;
}
