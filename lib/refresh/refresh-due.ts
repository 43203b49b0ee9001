import type { Services } from "@/lib/auth/context";
import type { Ongoing } from "@/lib/jobs/look-repeatedly";
import { startLanes } from "@/lib/jobs/start-lanes";
import { listOrigins } from "./queries";
import { settleAttempts } from "./refresh-connection";
import { runLane } from "./run-lane";

export interface ScheduleOptions {
  /** Requests at once to one token origin: no service waits for another, and none is flooded. */
  perOrigin?: number;
  /** How often it looks when nothing was due, in milliseconds. */
  idleMs?: number;
  onError?: (error: unknown) => void;
}

/**
 * Refreshes everything that falls due, read or not, until stopped. What is due stays in the database: a slot takes the
 * next one when it is free, so that memory does not grow with the backlog and another process can share it. A stop waits
 * until what is under way has been stored.
 */
export function startSchedule(services: Services, options: ScheduleOptions = {}): Ongoing {
  const { perOrigin: slots = 16, idleMs = 1_000, onError = () => undefined } = options;
  const lanes = startLanes(
    {
      list: () => listOrigins(services.db.pool),
      keyOf: (origin) => origin,
      run: (origin, signal) => runLane(services, origin, { slots, idleMs, signal, onError }),
    },
    { idleMs, onError },
  );
  return {
    async stop() {
      await lanes.stop();
      await settleAttempts();
    },
  };
}
