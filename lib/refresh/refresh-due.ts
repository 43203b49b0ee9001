import type { Services } from "@/lib/auth/context";
import { isDatabaseUnavailable } from "@/lib/db/unavailable";
import { listOrigins } from "./queries";
import { settleAttempts } from "./refresh-connection";
import { pause, runLane } from "./run-lane";

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
