/** A ratio against its limit, each taken in the same run: figures alone would tell of the machine's mood. */
export interface Measurement {
  name: string;
  /** Median of the rounds' ratios. */
  ratio: number;
  limit: number;
  /** `atLeast`: the ratio must reach the limit; `atMost`: it must not exceed it. */
  bound: "atLeast" | "atMost";
  unit: string;
  /** Round by round, in `unit`. */
  measured: number[];
  reference: number[];
}

export interface Pace {
  rounds: number;
  roundMs: number;
}

export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((left, right) => left - right);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** Takes turns, so that whatever else the machine does hits both; who goes first changes from round to round. */
export async function interleave(
  rounds: number,
  measure: () => Promise<number>,
  reference: () => Promise<number>,
): Promise<Pick<Measurement, "ratio" | "measured" | "reference">> {
  const measured: number[] = [];
  const references: number[] = [];
  for (let round = 0; round < rounds; round++) {
    if (round % 2 === 0) {
      references.push(await reference());
      measured.push(await measure());
    } else {
      measured.push(await measure());
      references.push(await reference());
    }
  }
  const ratio = median(measured.map((value, round) => value / (references[round] ?? Number.NaN)));
  return { ratio, measured, reference: references };
}

export function passes({ ratio, limit, bound }: Measurement): boolean {
  return bound === "atLeast" ? ratio >= limit : ratio <= limit;
}
