import type { Pool } from "pg";

/**
 * Requests at once from one process to one token origin of those that somebody waits for: after an hour of trouble a
 * thousand reads of expired tokens come together, and a service that has just recovered is not flooded. The schedule has
 * slots of its own.
 */
export const MOST_WAITED_FOR = 64;

const taken = new WeakMap<Pool, Map<string, number>>();

/** Takes a slot; null where none is free. What it gives back frees it, once, however often it is called. */
export function takeSlot(pool: Pool, origin: string): (() => void) | null {
  const origins = taken.get(pool) ?? new Map<string, number>();
  taken.set(pool, origins);
  const count = origins.get(origin) ?? 0;
  if (count >= MOST_WAITED_FOR) return null;
  origins.set(origin, count + 1);
  let isHeld = true;
  return () => {
    if (!isHeld) return;
    isHeld = false;
    const left = (origins.get(origin) ?? 1) - 1;
    if (left > 0) origins.set(origin, left);
    else origins.delete(origin);
  };
}
