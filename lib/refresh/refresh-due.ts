import { setTimeout as sleep } from "node:timers/promises";
import type { Pool } from "pg";
import type { Services } from "@/lib/auth/context";
import { AppError } from "@/lib/errors";
import { isDatabaseUnavailable } from "@/lib/db/unavailable";
import { claimAttempts } from "./claim-attempt";
import { listDue, listOrigins, type RefreshRow } from "./queries";
import { attemptRefresh, refreshConnection, settleAttempts } from "./refresh-connection";
import { decideRefresh } from "./rules";

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
        for (const origin of await listOrigins(services.db.pool)) {
          if (lanes.has(origin)) continue;
          const lane = runLane(services, origin, {
            slots: perOrigin,
            idleMs,
            signal: controller.signal,
            onError,
          });
          lanes.set(
            origin,
            lane.finally(() => lanes.delete(origin)),
          );
        }
      } catch (error) {
        if (!isDatabaseUnavailable(error)) onError(error);
      }
      await pause(idleMs, controller.signal);
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
  idleMs: number;
  signal: AbortSignal;
  onError: (error: unknown) => void;
}

type Start = (id: string, work: Promise<unknown>, isClaimed: boolean) => void;

/** Slots that come free within this time are filled together, with one claim. */
const GATHER_MS = 5;
/** What was listed longer ago is listed anew: its OAuth client may have been edited meanwhile. */
const FRESH_MS = 250;

/** Works off what is due at one origin, `slots` at once, and ends when nothing is. */
async function runLane(services: Services, origin: string, lane: Lane): Promise<void> {
  const { slots, idleMs, signal, onError } = lane;
  const { db, publicUrl } = services;
  const underWay = new Map<string, Promise<void>>();
  // No lease shows these, so they are listed again while they are under way.
  const unclaimed = new Set<string>();
  let wake = () => {};
  const untilOneEnds = () => new Promise<void>((resolve) => (wake = resolve));
  const start: Start = (id, work, isClaimed) => {
    if (!isClaimed) unclaimed.add(id);
    const ended = work.catch(onError).then(() => {
      underWay.delete(id);
      unclaimed.delete(id);
      wake();
    });
    underWay.set(id, ended);
  };
  const untilFree = async (free: number) => {
    while (slots - underWay.size < free) await untilOneEnds();
  };
  let candidates: RefreshRow[] = [];
  let listedMs = 0;
  try {
    while (!signal.aborted) {
      if (candidates.length === 0 || performance.now() - listedMs > FRESH_MS) {
        listedMs = performance.now();
        const listed = await listDue(db.pool, { origin, publicUrl, limit: 2 * slots + unclaimed.size });
        candidates = listed.filter(({ id }) => !underWay.has(id));
      }
      await startAll(services, candidates.splice(0, slots - underWay.size), start);
      if (underWay.size >= slots) {
        await untilFree(1);
        await Promise.race([untilFree(Math.ceil(slots / 4)), sleep(GATHER_MS)]);
      } else if (candidates.length === 0) {
        if (underWay.size === 0) return;
        // Nothing more is due for now, and a slow answer keeps nobody waiting who falls due meanwhile.
        await Promise.race([untilOneEnds(), pause(idleMs, signal)]);
      }
    }
  } catch (error) {
    if (!isDatabaseUnavailable(error)) onError(error);
  }
  await Promise.all(underWay.values());
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return sleep(ms, undefined, { signal }).catch(() => undefined);
}

/** Claims at once what may be tried now; what may not goes through the door, which says why and until when. */
async function startAll(services: Services, rows: RefreshRow[], start: Start): Promise<void> {
  const { pool } = services.db;
  const isReady = (row: RefreshRow) =>
    row.clientFault === null && decideRefresh(row.facts, "due", row.now).act === "attempt";
  for (const { id } of rows.filter((row) => !isReady(row)))
    start(id, sparing(pool, id, explain(services, id)), false);
  const ready = rows.filter(isReady);
  if (ready.length === 0) return;
  for (const claim of await claimAttempts(pool, ready)) {
    const reason = claim.row.isAsleep ? "keep_alive" : "due";
    start(claim.row.id, sparing(pool, claim.row.id, attemptRefresh(services, claim, reason)), true);
  }
}

async function explain(services: Services, connectionId: string): Promise<void> {
  const { pool } = services.db;
  const end = await refreshConnection(services, { connectionId, reason: "due", waitMs: 0 });
  if (!end.ok && end.why === "later") await postpone(pool, connectionId, end.retryAt);
  if (!end.ok && end.why === "refused" && end.code !== "refresh_paused") await unschedule(pool, connectionId);
}

/** A bug must not turn into a loop that asks the same connection without a pause. */
const AFTER_BUG_MS = 60_000;

async function sparing(pool: Pool, connectionId: string, work: Promise<unknown>): Promise<void> {
  try {
    await work;
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
