import type { Pool } from "pg";
import type { Services } from "@/lib/auth/context";
import { isDatabaseUnavailable } from "@/lib/db/unavailable";
import type { Ongoing } from "@/lib/jobs/look-repeatedly";
import { startLanes } from "@/lib/jobs/start-lanes";
import { isRefreshingAllowed } from "@/lib/refresh/queries";
import { attemptDelivery } from "./attempt-delivery";
import { claimDelivery } from "./claim-delivery";
import type { WebhookFormat } from "./rules";
import { spreadEvents } from "./spread-events";

export interface DeliveryOptions {
  /** How often it looks when nothing was due, in milliseconds. */
  idleMs?: number;
  onError?: (error: unknown) => void;
}

/** Requests at once to one endpoint. Chats take about one a second, and show them in the order of their arrival. */
const SLOTS: Readonly<Record<WebhookFormat, number>> = { standard: 4, slack: 1, teams: 1 };

const SPREAD_BATCH = 500;

/**
 * Delivers every event until stopped, with a lane for each endpoint, so that a slow one holds up no other. Everything that
 * is due stays in the database: workers share it, and what a killed one had claimed is taken up by another.
 */
export function startDeliveries(services: Services, options: DeliveryOptions = {}): Ongoing {
  const { idleMs = 1_000, onError = () => undefined } = options;
  const { pool } = services.db;
  return startLanes(
    {
      async list(signal) {
        while (!signal.aborted && (await spreadEvents(pool, SPREAD_BATCH)) === SPREAD_BATCH);
        // A copy of the database that runs elsewhere tells nobody what the original tells already.
        return (await isRefreshingAllowed(pool, services.publicUrl)) ? listDueEndpoints(pool) : [];
      },
      keyOf: ({ id }) => id,
      run: ({ id, format }, signal) => runLane(services, id, { slots: SLOTS[format], signal, onError }),
    },
    { idleMs, onError },
  );
}

const DUE_ENDPOINTS = `SELECT p."id", p."format" FROM "WebhookEndpoint" p
  WHERE p."isEnabled" AND (p."pausedUntil" IS NULL OR p."pausedUntil" <= now())
    AND EXISTS (SELECT FROM "WebhookDelivery" d WHERE d."endpointId" = p."id" AND d."status" = 'pending'
      AND d."nextTryAt" <= now() AND (d."leaseUntil" IS NULL OR d."leaseUntil" <= now()))`;

async function listDueEndpoints(pool: Pool): Promise<{ id: string; format: WebhookFormat }[]> {
  const { rows } = await pool.query<{ id: string; format: WebhookFormat }>({
    name: "list-due-endpoints",
    text: DUE_ENDPOINTS,
  });
  return rows;
}

interface Lane {
  slots: number;
  signal: AbortSignal;
  onError: (error: unknown) => void;
}

/** Works off what is due at one endpoint, `slots` at once, and ends when nothing is. */
async function runLane(
  services: Services,
  endpointId: string,
  { slots, signal, onError }: Lane,
): Promise<void> {
  const underWay = new Set<Promise<void>>();
  const report = (error: unknown) => {
    if (!isDatabaseUnavailable(error)) onError(error);
  };
  try {
    while (!signal.aborted) {
      const claim = underWay.size < slots ? await claimDelivery(services.db.pool, endpointId) : null;
      if (claim) {
        const work: Promise<void> = attemptDelivery(services, claim)
          .then(() => undefined, report)
          .finally(() => underWay.delete(work));
        underWay.add(work);
      } else if (underWay.size > 0) await Promise.race(underWay);
      else return;
    }
  } catch (error) {
    report(error);
  }
  await Promise.all(underWay);
}
