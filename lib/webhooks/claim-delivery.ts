import type { Pool } from "pg";
import type { StoredEvent } from "./build-payload";
import type { WebhookFormat } from "./rules";

/** The right to try a delivery once, with all that it needs, read in one statement. */
export interface DeliveryClaim {
  /** The database's clock. */
  now: Date;
  id: string;
  /** This one included. */
  tries: number;
  endpoint: {
    id: string;
    format: WebhookFormat;
    /** Sealed, as are the secrets. */
    url: string;
    secret: string | null;
    /** Null once it signs no more. */
    previousSecret: string | null;
  };
  event: StoredEvent;
}

/** More than an attempt may take: when it has passed, whoever was at it is gone. */
export const DELIVERY_LEASE_SECONDS = 60;

const FACTS = `now() AS now, d."id", d."tries",
  json_build_object('id', p."id", 'format', p."format", 'url', p."url", 'secret', p."secret",
    'previousSecret', CASE WHEN p."previousSecretUntil" > now() THEN p."previousSecret" END) AS endpoint,
  e."id" AS "eventId", e."type", e."occurredAt", e."integrationId", e."integrationName", e."organizationId",
  e."organizationName", e."connectionId", e."status", e."code", e."message", e."mends", e."path"`;

const CLAIM_DUE = `WITH picked AS MATERIALIZED (
    SELECT "id" FROM "WebhookDelivery"
    WHERE "endpointId" = $1 AND "status" = 'pending' AND "nextTryAt" <= now()
      AND ("leaseUntil" IS NULL OR "leaseUntil" <= now())
    ORDER BY "nextTryAt" LIMIT 1 FOR UPDATE SKIP LOCKED)
  UPDATE "WebhookDelivery" d
  SET "tries" = d."tries" + 1, "leaseUntil" = now() + make_interval(secs => ${DELIVERY_LEASE_SECONDS})
  FROM picked, "WebhookEndpoint" p, "WebhookEvent" e
  WHERE d."id" = picked."id" AND p."id" = d."endpointId" AND e."id" = d."eventId"
    AND p."isEnabled" AND (p."pausedUntil" IS NULL OR p."pausedUntil" <= now())
  RETURNING ${FACTS}`;

// Begins the schedule anew, whatever became of it, unless somebody is at it in this moment.
const CLAIM_ASKED = `UPDATE "WebhookDelivery" d
  SET "status" = 'pending', "tries" = 1, "nextTryAt" = now(),
    "leaseUntil" = now() + make_interval(secs => ${DELIVERY_LEASE_SECONDS})
  FROM "WebhookEndpoint" p, "WebhookEvent" e
  WHERE d."id" = $1 AND p."id" = d."endpointId" AND e."id" = d."eventId"
    AND (d."leaseUntil" IS NULL OR d."leaseUntil" <= now())
  RETURNING ${FACTS}`;

type Row = Omit<DeliveryClaim, "event"> & Omit<StoredEvent, "id"> & { eventId: string };

/** Claims an endpoint's most overdue delivery; null: nothing is due there, or it is to be left alone. */
export async function claimDelivery(pool: Pool, endpointId: string): Promise<DeliveryClaim | null> {
  const { rows } = await pool.query<Row>({ name: "claim-delivery", text: CLAIM_DUE, values: [endpointId] });
  return rows[0] ? claimOf(rows[0]) : null;
}

/** Claims a delivery that somebody asked for; null: somebody is at it. */
export async function claimAskedDelivery(pool: Pool, id: string): Promise<DeliveryClaim | null> {
  const { rows } = await pool.query<Row>({ name: "claim-asked-delivery", text: CLAIM_ASKED, values: [id] });
  return rows[0] ? claimOf(rows[0]) : null;
}

function claimOf({ now, id, tries, endpoint, eventId, ...event }: Row): DeliveryClaim {
  return { now, id, tries, endpoint, event: { ...event, id: eventId } };
}
