import { placesOf } from "@/lib/config/rules";
import type { FieldChange, ValueCount } from "@/lib/config/schema";

export interface ChangeWords {
  /** The field, as it is called now. */
  key: string;
  sentence: string;
  drops: boolean;
}

/** What an edit of the schema would do to stored values, a sentence each; nothing where no value is touched. */
export function changesInWords(changes: readonly FieldChange[]): ChangeWords[] {
  return changes.flatMap(({ before, after, kept, converted, encrypted, dropped }) => {
    if (!before) return [];
    const { key } = before;
    const words: ChangeWords[] = [];
    const say = (sentence: string, drops = false) => words.push({ key, sentence, drops });
    if (after && after.key !== key && total(kept, converted, encrypted) > 0) {
      const all = total(kept, converted, encrypted);
      say(`Renamed to ${after.key}: ${valuesOf(all)} ${all === 1 ? "goes" : "go"} with it.`);
    }
    if (converted.values > 0) {
      say(`${subject(converted)} turned from ${before.type} into ${after?.type}.`);
    }
    if (encrypted.values > 0) say(`${subject(encrypted)} encrypted, and never shown again.`);
    if (dropped.values > 0) say(`${subject(dropped)} dropped${whyDropped(before.type, after)}.`, true);
    return words;
  });
}

function whyDropped(from: string, after: FieldChange["after"]): string {
  if (!after) return ", as the field is removed";
  return from === "secret" ? ", as a secret is never turned into anything else" : `, being no ${after.type}`;
}

function total(...counts: ValueCount[]): number {
  return counts.reduce((sum, { values }) => sum + values, 0);
}

function valuesOf(count: number): string {
  return count === 1 ? "1 value" : `${count.toLocaleString("en")} values`;
}

function subject(count: ValueCount): string {
  return `${valuesOf(count.values)} (${placesOf(count)}) ${count.values === 1 ? "is" : "are"}`;
}

/** How many values would be dropped in all. */
export function droppedValues(changes: readonly FieldChange[]): number {
  return changes.reduce((sum, { dropped }) => sum + dropped.values, 0);
}
