import { withoutGrant } from "@/lib/connections/rules";
import type { Tx } from "@/lib/db/client";
import { uuidv7 } from "@/lib/db/id";

/** Forgets every token that was derived from the default consent: the integration does not derive any more. */
export async function forgetDerived(tx: Tx, integrationId: string): Promise<void> {
  await tx.connection.updateMany({
    where: { integrationId, kind: "derived", status: { not: "not_connected" } },
    data: withoutGrant(uuidv7()),
  });
}
