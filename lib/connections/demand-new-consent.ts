import type { Tx } from "@/lib/db/client";
import { uuidv7 } from "@/lib/db/id";
import { originChanged } from "@/lib/integrations/rules";
import { withoutAttempt } from "./rules";

/**
 * Asks for a new consent of every connection of an integration whose URLs an edit has led to other origins. What was about to
 * be connected is forgotten, and what an attempt under way brings finds no row.
 */
export async function demandNewConsent(
  tx: Tx,
  integrationId: string,
  origins: readonly string[],
  now: Date,
): Promise<void> {
  await tx.connection.updateMany({
    where: { integrationId, status: { not: "not_connected" } },
    data: { ...originChanged(origins, now), ...withoutAttempt(uuidv7()) },
  });
  await tx.handshake.deleteMany({ where: { integrationId } });
  await tx.heldGrant.deleteMany({ where: { connection: { integrationId } } });
}
