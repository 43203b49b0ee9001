import { setTimeout as sleep } from "node:timers/promises";
import type { Pool } from "pg";
import type { Services } from "@/lib/auth/context";
import { AppError } from "@/lib/errors";
import { isDatabaseUnavailable } from "@/lib/db/unavailable";
import { isRefreshingAllowed, listDue, listOrigins } from "./queries";
import { refreshConnection, settleAttempts } from "./refresh-connection";

export interface ScheduleOptions {
  /** Requests at once to one token origin: no service waits for another, and none is flooded. */
  perOrigin?: number;
  /** How often it looks when nothing was due, in milliseconds. */
  idleMs?: number;
  onError?: (error: unknown) => void;
}

export interface Schedule {
  /** Begins nothing more, and resolves when what is under way has been stored. */
  stop: () => Promise<void>;
}

/**
 * Refreshes everything that falls due, read or not, until stopped. What is due stays in the database: a slot takes the
 * next one when it is free, so that memory does not grow with the backlog and another process can share it.
 */
export function startSchedule(services: Services, options: ScheduleOptions = {}): Schedule {
  const { perOrigin = 16, idleMs = 1_000, onError = () => undefined } = options;
  const controller = new AbortController();
  const lanes = new Map<string, Promise<void>>();

  const look = async () => {
    while (!controller.signal.aborted) {
      try {
        const allowed = await isRefreshingAllowed(services.db.pool, services.publicUrl);
        for (const origin of allowed ? await listOrigins(services.db.pool) : []) {
          if (lanes.has(origin)) continue;
          const lane = runLane(services, origin, { slots: perOrigin, signal: controller.signal, onError });
          lanes.set(
            origin,
            lane.finally(() => lanes.delete(origin)),
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
      await settleAttempts();
    },
  };
}

interface Lane {
  slots: number;
  signal: AbortSignal;
  onError: (error: unknown) => void;
}

/** Works off what is due at one origin, `slots` at once, and ends when nothing is. */
async function runLane(services: Services, origin: string, { slots, signal, onError }: Lane): Promise<void> {
  const underWay = new Map<string, Promise<void>>();
  const start = (id: string) => {
    const work = refreshDue(services, id).catch(onError);
    underWay.set(
      id,
      work.finally(() => underWay.delete(id)),
    );
  };
  try {
    while (!signal.aborted) {
      const ids = await listDue(services.db.pool, origin, slots * 2);
      const fresh = ids.filter((id) => !underWay.has(id)).slice(0, slots - underWay.size);
      fresh.forEach(start);
      if (underWay.size === 0) return;
      await Promise.race(underWay.values());
    }
  } catch (error) {
    if (!isDatabaseUnavailable(error)) onError(error);
  }
  await Promise.all(underWay.values());
}

/** A bug must not turn into a loop that asks the same connection without a pause. */
const AFTER_BUG_MS = 60_000;

async function refreshDue(services: Services, connectionId: string): Promise<void> {
  const { pool } = services.db;
  try {
    const end = await refreshConnection(services, { connectionId, reason: "due", waitMs: 0 });
    if (!end.ok && end.why === "later") await postpone(pool, connectionId, end.retryAt);
    if (!end.ok && end.why === "refused" && end.code !== "refresh_paused")
      await unschedule(pool, connectionId);
  } catch (error) {
    // Deleted since it was listed, or the database is away: the next look tells.
    if (error instanceof AppError || isDatabaseUnavailable(error)) return;
    await postpone(pool, connectionId, new Date(Date.now() + AFTER_BUG_MS));
    throw error;
  }
}

async function postpone(pool: Pool, id: string, until: Date): Promise<void> {
  await pool.query(
    `UPDATE "Connection" SET "nextTryAt" = greatest("nextTryAt", $2::timestamptz) WHERE "id" = $1`,
    [id, until],
  );
}

async function unschedule(pool: Pool, id: string): Promise<void> {
  await pool.query(`UPDATE "Connection" SET "dueAt" = NULL WHERE "id" = $1`, [id]);
}
