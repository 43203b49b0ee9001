import { setTimeout as sleep } from "node:timers/promises";
import type { Pool } from "pg";
import type { Services } from "@/lib/auth/context";
import { isDatabaseUnavailable } from "@/lib/db/unavailable";
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

export interface Deliveries {
  /** Begins nothing more, and resolves when what is under way has been stored. */
  stop: () => Promise<void>;
}

/** Requests at once to one endpoint. Chats take about one a second, and show them in the order of their arrival. */
const SLOTS: Readonly<Record<WebhookFormat, number>> = { standard: 4, slack: 1, teams: 1 };

const SPREAD_BATCH = 500;

/**
 * Delivers every event until stopped, with a lane for each endpoint, so that a slow one holds up no other. Everything that
 * is due stays in the database: workers share it, and what a killed one had claimed is taken up by another.
 */
export function startDeliveries(services: Services, options: DeliveryOptions = {}): Deliveries {
  const { idleMs = 1_000, onError = () => undefined } = options;
  const { pool } = services.db;
  const controller = new AbortController();
  const lanes = new Map<string, Promise<void>>();

  const look = async () => {
    while (!controller.signal.aborted) {
      try {
        while (!controller.signal.aborted && (await spreadEvents(pool, SPREAD_BATCH)) === SPREAD_BATCH);
        // A copy of the database that runs elsewhere tells nobody what the original tells already.
        const isAllowed = await isRefreshingAllowed(pool, services.publicUrl);
        for (const { id, format } of isAllowed ? await listDueEndpoints(pool) : []) {
          if (lanes.has(id)) continue;
          const lane = runLane(services, id, { slots: SLOTS[format], signal: controller.signal, onError });
          lanes.set(
            id,
            lane.finally(() => lanes.delete(id)),
          );
        }
      } catch (error) {
        if (!isDatabaseUnavailable(error)) onError(error);
      }
      await sleep(idleMs, undefined, { signal: controller.signal }).catch(() => undefined);
    }
  };
  const looking = look();
  return {
    async stop() {
      controller.abort();
      await looking;
      await Promise.allSettled(lanes.values());
    },
  };
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
