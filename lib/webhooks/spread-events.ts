import type { Pool } from "pg";

// The column holds milliseconds, and rounding up would make it due a moment later.
const SPREAD = `WITH fresh AS MATERIALIZED (
    SELECT "id", "type" FROM "WebhookEvent" WHERE "spreadAt" IS NULL
    ORDER BY "occurredAt" LIMIT $1 FOR UPDATE SKIP LOCKED),
  made AS (
    INSERT INTO "WebhookDelivery" ("id", "endpointId", "eventId", "nextTryAt")
    SELECT gen_random_uuid(), p."id", fresh."id", date_trunc('milliseconds', now())
    FROM fresh JOIN "WebhookEndpoint" p ON p."isEnabled" AND fresh."type" = ANY (p."events")
    ON CONFLICT DO NOTHING)
  UPDATE "WebhookEvent" e SET "spreadAt" = now() FROM fresh WHERE e."id" = fresh."id"`;

/**
 * Makes the deliveries of events that the outbox holds, one for each endpoint that wants them, in one statement: all of a
 * batch, or nothing of it.
 * @returns how many events it took
 */
export async function spreadEvents(pool: Pool, limit: number): Promise<number> {
  const { rowCount } = await pool.query({ name: "spread-events", text: SPREAD, values: [limit] });
  return rowCount ?? 0;
}
