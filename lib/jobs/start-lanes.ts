import { lookRepeatedly, type Ongoing } from "./look-repeatedly";

export interface LaneSource<T> {
  /** What has work that is due now. */
  list: (signal: AbortSignal) => Promise<readonly T[]>;
  keyOf: (item: T) => string;
  /** Works off what is due there; ends when nothing is, or soon after the signal. */
  run: (item: T, signal: AbortSignal) => Promise<void>;
}

/**
 * Looks for work until stopped, and works it off in a lane for each place that has some, so that a slow one holds up no
 * other. A place has one lane at a time.
 */
export function startLanes<T>(
  { list, keyOf, run }: LaneSource<T>,
  { idleMs, onError }: { idleMs: number; onError: (error: unknown) => void },
): Ongoing {
  const lanes = new Map<string, Promise<void>>();
  const looking = lookRepeatedly(
    async (signal) => {
      for (const item of await list(signal)) {
        const key = keyOf(item);
        if (lanes.has(key)) continue;
        lanes.set(
          key,
          run(item, signal).finally(() => lanes.delete(key)),
        );
      }
    },
    { pauseMs: () => idleMs, onError },
  );
  return {
    async stop() {
      await looking.stop();
      await Promise.allSettled(lanes.values());
    },
  };
}
