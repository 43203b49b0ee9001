const LEAST_AGE_MS = 5_000;
/** A question that takes a second is asked every twenty at the most. */
const SHARE_OF_TIME = 20;

/**
 * Reads at most every five seconds, and a twentieth of the time; callers meanwhile share the reading that is under way.
 * @returns what was read; "unchanged" where it is too early for another reading; null where reading failed
 */
export function rarely<T>(read: () => Promise<T>): () => Promise<T | null | "unchanged"> {
  let nextMs = 0;
  let reading: Promise<T | null> | null = null;
  return () => {
    if (reading) return reading;
    const startedMs = performance.now();
    if (startedMs < nextMs) return Promise.resolve("unchanged" as const);
    reading = read()
      .catch(() => null)
      .finally(() => {
        const endedMs = performance.now();
        nextMs = endedMs + Math.max(LEAST_AGE_MS, (endedMs - startedMs) * SHARE_OF_TIME);
        reading = null;
      });
    return reading;
  };
}
