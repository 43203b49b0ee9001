import { setTimeout as sleep } from "node:timers/promises";
import { isDatabaseUnavailable } from "@/lib/db/unavailable";

/** Work that goes on until it is stopped. */
export interface Ongoing {
  /** Begins nothing more, and resolves when what is under way has ended. */
  stop: () => Promise<void>;
}

export interface LookOptions {
  /** From the end of a look to the next one, in milliseconds, by how many milliseconds it took. */
  pauseMs: (tookMs: number) => number;
  /** Is not told that the database is away: the next look tells. */
  onError: (error: unknown) => void;
}

/** Looks at once, and again after each pause, whatever goes wrong, until stopped. */
export function lookRepeatedly(
  look: (signal: AbortSignal) => Promise<unknown>,
  { pauseMs, onError }: LookOptions,
): Ongoing {
  const controller = new AbortController();
  const { signal } = controller;
  const run = async () => {
    while (!signal.aborted) {
      const began = performance.now();
      try {
        await look(signal);
      } catch (error) {
        if (!isDatabaseUnavailable(error)) onError(error);
      }
      await pause(pauseMs(performance.now() - began), signal);
    }
  };
  const running = run();
  return {
    async stop() {
      controller.abort();
      await running;
    },
  };
}

/** Resolves after so many milliseconds, or at once when aborted. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return sleep(ms, undefined, { signal }).catch(() => undefined);
}
