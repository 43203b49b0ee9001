/** Any JSON value. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** One thing that differs: `name` is dotted; null: it was not there. */
export interface Change {
  name: string;
  before: string | null;
  after: string | null;
}

/** What differs between two records, by dotted name; lists are compared whole. What is the same on both sides is left out. */
export function changesBetween(before: Json, after: Json): Change[] {
  const was = flatten(before);
  const is = flatten(after);
  return [...new Set([...was.keys(), ...is.keys()])]
    .map((name) => ({ name, before: was.get(name) ?? null, after: is.get(name) ?? null }))
    .filter((change) => change.before !== change.after);
}

function flatten(value: Json, prefix = "", into = new Map<string, string>()): Map<string, string> {
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    const text = inWords(value);
    if (prefix !== "" && text !== null) into.set(prefix, text);
    return into;
  }
  for (const [key, item] of Object.entries(value)) flatten(item, prefix ? `${prefix}.${key}` : key, into);
  return into;
}

/** Null for what says nothing: a blank text, an empty list, null itself. */
function inWords(value: Json): string | null {
  if (value === null || value === "" || (Array.isArray(value) && value.length === 0)) return null;
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (Array.isArray(value) && value.every((item) => typeof item !== "object")) return value.join(", ");
  return JSON.stringify(value);
}
