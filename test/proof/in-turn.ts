import { availableParallelism } from "node:os";

const waiting: (() => void)[] = [];
let free = availableParallelism();

/**
 * Runs heavy work, as much at once as there are processors and in the order of asking: more would only keep one another,
 * and the tests, from going on.
 */
export async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (free > 0) free--;
  else await new Promise<void>((resolve) => waiting.push(resolve));
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next) next();
    else free++;
  }
}
