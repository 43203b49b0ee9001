import { setTimeout as sleep } from "node:timers/promises";
import type { Pool } from "pg";
import type { Services } from "@/lib/auth/context";
import { AppError } from "@/lib/errors";
import { isDatabaseUnavailable } from "@/lib/db/unavailable";
import { pause } from "@/lib/jobs/look-repeatedly";
import { claimAttempts } from "./claim-attempt";
import { listDue, type RefreshRow } from "./queries";
import { attemptRefresh, refreshConnection } from "./refresh-connection";
import { decideRefresh } from "./rules";

export interface Lane {
  /** Requests at once to the service. */
  slots: number;
  idleMs: number;
  signal: AbortSignal;
  onError: (error: unknown) => void;
}

/** Slots that come free within this time are filled together, with one claim. */
const GATHER_MS = 5;
/** What was listed longer ago is listed anew: its OAuth client may have been edited meanwhile. */
const FRESH_MS = 500;

/** Works off what is due at one origin, and ends when nothing is. */
export async function runLane(services: Services, origin: string, lane: Lane): Promise<void> {
  const { idleMs, signal, onError } = lane;
  const { db, publicUrl } = services;
  const work = new Work(lane);
  let candidates: RefreshRow[] = [];
  let listedMs = 0;
  try {
    while (!signal.aborted) {
      if (candidates.length === 0 || performance.now() - listedMs > FRESH_MS) {
        listedMs = performance.now();
        const limit = 2 * lane.slots + work.unclaimed.size;
        const listed = await listDue(db.pool, { origin, publicUrl, limit });
        candidates = listed.filter(({ id }) => !work.underWay.has(id));
      }
      await startAll(services, candidates.splice(0, work.free()), work.start);
      if (work.free() === 0) {
        await work.untilFree(1);
        await Promise.race([work.untilFree(Math.ceil(lane.slots / 4)), sleep(GATHER_MS)]);
      } else if (candidates.length === 0) {
        if (work.underWay.size === 0) return;
        // Nothing more is due for now, and a slow answer keeps nobody waiting who falls due meanwhile.
        await Promise.race([work.untilChange(), pause(idleMs, signal)]);
      }
    }
  } catch (error) {
    if (!isDatabaseUnavailable(error)) onError(error);
  }
  await Promise.all(work.underWay.values());
}

type Start = (id: string, begin: (onAnswered: () => void) => Promise<unknown>, isClaimed: boolean) => void;

/** What a lane has begun. A slot is a request that the service has not answered; as many again may be being stored. */
class Work {
  readonly underWay = new Map<string, Promise<void>>();
  /** No lease shows these, so they are listed again while they are under way. */
  readonly unclaimed = new Set<string>();
  readonly #asked = new Set<string>();
  readonly #lane: Lane;
  #wake: () => void = () => undefined;

  constructor(lane: Lane) {
    this.#lane = lane;
  }

  readonly start: Start = (id, begin, isClaimed) => {
    if (!isClaimed) this.unclaimed.add(id);
    this.#asked.add(id);
    const ended = begin(() => this.#answered(id))
      .catch(this.#lane.onError)
      .then(() => {
        this.underWay.delete(id);
        this.unclaimed.delete(id);
        this.#answered(id);
      });
    this.underWay.set(id, ended);
  };

  free(): number {
    const { slots } = this.#lane;
    return Math.max(0, Math.min(slots - this.#asked.size, 2 * slots - this.underWay.size));
  }

  untilChange(): Promise<void> {
    return new Promise((resolve) => (this.#wake = resolve));
  }

  async untilFree(count: number): Promise<void> {
    while (this.free() < count) await this.untilChange();
  }

  #answered(id: string): void {
    this.#asked.delete(id);
    this.#wake();
  }
}

/** Claims at once what may be tried now; what may not goes through the door, which says why and until when. */
async function startAll(services: Services, rows: RefreshRow[], start: Start): Promise<void> {
  const { pool } = services.db;
  const isReady = (row: RefreshRow) =>
    row.clientFault === null && decideRefresh(row.facts, "due", row.now).act === "attempt";
  for (const { id } of rows.filter((row) => !isReady(row)))
    start(id, () => sparing(pool, id, explain(services, id)), false);
  const ready = rows.filter(isReady);
  if (ready.length === 0) return;
  for (const claim of await claimAttempts(pool, ready)) {
    const { id, isAsleep } = claim.row;
    const reason = isAsleep ? "keep_alive" : "due";
    start(id, (onAnswered) => sparing(pool, id, attemptRefresh(services, claim, reason, onAnswered)), true);
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

// Not where somebody has connected it anew since it was refused.
const UNSCHEDULE = `UPDATE "Connection" SET "dueAt" = NULL
  WHERE "id" = $1 AND ("status" IN ('not_connected', 'reconnect_required') OR "refreshToken" IS NULL)`;

async function unschedule(pool: Pool, id: string): Promise<void> {
  await pool.query(UNSCHEDULE, [id]);
}
