import { isSoak } from "./figures";
import { buildPrograms, type Limits, type Programs, SHORT, TRUE } from "./programs";

/** Of what is about the limits themselves: the true ones in the long form. */
export const limits = isSoak ? TRUE : SHORT;

const built = new Map<Limits, Promise<Programs>>();

/** The programs, with their true limits unless said; built once. */
export function programs(wanted: Limits = TRUE): Promise<Programs> {
  const existing = built.get(wanted) ?? buildPrograms(wanted);
  built.set(wanted, existing);
  return existing;
}

export async function removePrograms(): Promise<void> {
  await Promise.all([...built.values()].map(async (each) => (await each).remove()));
}
