import type { Database } from "@/lib/db/client";
import { KEPT_MS } from "./rules";

const PURGE = `DELETE FROM "WebhookEvent" WHERE "id" IN (
    SELECT e."id" FROM "WebhookEvent" e WHERE e."occurredAt" < $1
      AND NOT EXISTS (SELECT FROM "WebhookDelivery" d WHERE d."eventId" = e."id" AND d."status" = 'pending')
    ORDER BY e."occurredAt" LIMIT $2)`;

/** Those of connections and integrations that are gone: nothing ends them any more. */
const FORGET = `DELETE FROM "WebhookIncident" w
  WHERE NOT EXISTS (SELECT FROM "Connection" c WHERE c."id" = w."subjectId")
    AND NOT EXISTS (SELECT FROM "OAuthClient" o WHERE o."integrationId" = w."subjectId")`;

/** Removes events older than 30 days with the log of their deliveries, a batch at a time so that no lock is held for long. */
export async function purgeWebhooks({ pool }: Database, now: Date, batch = 1_000): Promise<void> {
  const before = new Date(now.getTime() - KEPT_MS);
  for (;;) {
    const { rowCount } = await pool.query(PURGE, [before, batch]);
    if ((rowCount ?? 0) < batch) break;
  }
  await pool.query(FORGET);
}
