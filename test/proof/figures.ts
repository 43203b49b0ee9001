/** The long form: true limits, true pauses, ten times the kills. */
export const isSoak = process.env["BIFROST_SOAK"] === "1";

const notes: string[] = [];

/** Keeps what a proof measured for the summary at the end. */
export function note(proof: string, figures: Record<string, number | string>): void {
  const words = Object.entries(figures).map(
    ([name, value]) => `${name} ${typeof value === "number" ? Number(value.toFixed(2)) : value}`,
  );
  notes.push(`${proof}: ${words.join(", ")}`);
}

export function printFigures(): void {
  for (const line of notes) console.log(line);
}
