export interface SeededRandom {
  seed: number;
  /** From 0 to below `limit`. */
  upTo: (limit: number) => number;
}

/** Random numbers that BIFROST_SEED repeats; the seed is printed, for a proof that failed. */
export function seededRandom(purpose: string): SeededRandom {
  const seed = Number(process.env["BIFROST_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
  console.log(`${purpose}: BIFROST_SEED=${seed}`);
  // Mulberry32.
  let state = seed;
  return {
    seed,
    upTo(limit) {
      state = (state + 0x6d2b79f5) | 0;
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
      return (((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit;
    },
  };
}
