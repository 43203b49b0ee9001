import type { ConfigFieldType, JsonValue } from "@/lib/integrations/rules";
import { isStorable, NOT_STORABLE } from "@/lib/storable";
import { findJsonError, isExactNumber, type JsonError } from "./find-json-error";
import type { ConfigFieldInput, FieldChange } from "./schema";

/** Pure decisions about config values and their schema: no clock, no randomness, no IO. */

const MAX_TEXT = 10_000;
const MAX_JSON = 100_000;
const MAX_DEPTH = 32;

export type Judged<Value> = { ok: true; value: Value } | { ok: false; message: string };

const fine = <Value>(value: Value): Judged<Value> => ({ ok: true, value });
const wrong = (message: string) => ({ ok: false, message }) as const;

/** Says whether a value is of a field's type, strictly: what comes from an API is never turned into the type. */
export function checkTypedValue(type: ConfigFieldType, value: unknown): Judged<JsonValue> {
  switch (type) {
    case "int":
      return Number.isSafeInteger(value)
        ? fine(Object.is(value, -0) ? 0 : (value as number))
        : wrong("Send a whole number between -9007199254740991 and 9007199254740991.");
    case "bool":
      return typeof value === "boolean" ? fine(value) : wrong("Send true or false.");
    case "json":
      return checkJson(value);
    case "string":
    case "secret":
      if (typeof value !== "string") return wrong("Send a text.");
      if (value.length > MAX_TEXT) return wrong("Shorten this to at most 10,000 characters.");
      return isStorable(value) ? fine(value) : wrong(NOT_STORABLE);
  }
}

/** What is told of a number that would be rounded, wherever it comes in. */
export const NOT_EXACT = "This number is too large to be kept exactly. Send it as a text.";

/** What is told of the places where a text is not JSON that can be kept. */
export const JSON_FLAWS: Record<JsonError["kind"], string> = {
  grammar: "this is not JSON from here on.",
  number: "this number is too large to be kept exactly. Put it in quotes, as a text.",
  key: "this key stands here twice. Take one out.",
};

function checkJson(value: unknown): Judged<JsonValue> {
  const flaw = jsonFlaw(value, 0);
  if (flaw !== null) return wrong(flaw);
  return JSON.stringify(value).length > MAX_JSON
    ? wrong("Shorten this to at most 100,000 characters of JSON.")
    : fine(value as JsonValue);
}

function jsonFlaw(value: unknown, depth: number): string | null {
  if (depth > MAX_DEPTH) return `Nest this at most ${MAX_DEPTH} levels deep.`;
  if (value === null || typeof value === "boolean") return null;
  if (typeof value === "string") return isStorable(value) ? null : NOT_STORABLE;
  if (typeof value === "number" && Number.isFinite(value)) return isExactNumber(value) ? null : NOT_EXACT;
  if (typeof value !== "object") return "Send a JSON value.";
  const entries: [string, unknown][] = Array.isArray(value)
    ? Array.from(value, (item: unknown): [string, unknown] => ["", item])
    : Object.entries(value);
  for (const [key, item] of entries) {
    const flaw = isStorable(key) ? jsonFlaw(item, depth + 1) : NOT_STORABLE;
    if (flaw !== null) return flaw;
  }
  return null;
}

/** Turns what was typed in a form into a field's type; null: it was left blank. */
export function parseTypedText(type: ConfigFieldType, text: string): Judged<JsonValue> {
  const trimmed = text.trim();
  if (trimmed === "") return fine(null);
  switch (type) {
    case "int":
      return /^[+-]?\d{1,20}$/.test(trimmed)
        ? checkTypedValue("int", Number(trimmed))
        : wrong("Enter a whole number, without a point or a unit.");
    case "bool":
      if (/^(true|on|yes)$/i.test(trimmed)) return fine(true);
      return /^(false|off|no)$/i.test(trimmed) ? fine(false) : wrong("Choose on or off.");
    case "json": {
      const flaw = findJsonError(text);
      if (flaw) return wrong(`Line ${flaw.line}, column ${flaw.column}: ${JSON_FLAWS[flaw.kind]}`);
      const value: unknown = JSON.parse(text);
      // To whoever saves, a value of null is one to clear.
      if (value === null) return wrong("null means not set. Leave the field blank instead.");
      return checkTypedValue("json", value);
    }
    case "string":
      return checkTypedValue("string", trimmed);
    case "secret":
      return checkTypedValue("secret", text);
  }
}

/** What a value reads like: a string as it is, anything else as JSON. */
export function textOf(value: JsonValue): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Whether two JSON values say the same; the order of an object's keys says nothing. */
export function sameJson(left: JsonValue | undefined, right: JsonValue | undefined): boolean {
  return (
    left === right || (left !== undefined && right !== undefined && canonical(left) === canonical(right))
  );
}

function canonical(value: JsonValue): string {
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  const members = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`);
  return `{${members.sort().join(",")}}`;
}

/**
 * A stored value as another type, where it then reads exactly as before; null where something would be lost. A secret is
 * never turned into anything. Text that is a JSON object or array becomes that, any other text a JSON string.
 */
export function convertValue(
  from: ConfigFieldType,
  to: ConfigFieldType,
  value: JsonValue,
): { value: JsonValue } | null {
  if (from === "secret") return null;
  if (from === to) return { value };
  if (value === null) return to === "json" ? { value } : null;
  const text = textOf(value);
  switch (to) {
    case "string":
    case "secret":
      return { value: text };
    case "int":
      return Number.isSafeInteger(Number(text)) && String(Number(text)) === text
        ? { value: Number(text) }
        : null;
    case "bool":
      return text === "true" || text === "false" ? { value: text === "true" } : null;
    case "json":
      return { value: typeof value === "string" ? jsonOf(value) : value };
  }
}

function jsonOf(text: string): JsonValue {
  if (!/^\s*[{[]/.test(text) || findJsonError(text)) return text;
  const parsed = JSON.parse(text) as JsonValue;
  // A number too long, a key given twice or put in another order: the text says more than the value would.
  const isWhole = JSON.stringify(parsed) === withoutSpace(text) && checkJson(parsed).ok;
  return isWhole ? parsed : text;
}

function withoutSpace(json: string): string {
  return json.replace(/("(?:[^"\\]|\\.)*")|\s+/g, (_, string: string | undefined) => string ?? "");
}

/** Keys of required fields that neither a default nor an override fills. */
export function missingRequired(
  fields: readonly { key: string; required: boolean }[],
  merged: readonly { key: string }[],
): string[] {
  const filled = new Set(merged.map(({ key }) => key));
  return fields.filter(({ key, required }) => required && !filled.has(key)).map(({ key }) => key);
}

export interface StoredField {
  id: string;
  key: string;
  type: ConfigFieldType;
  required: boolean;
  description: string;
}

/** What happens to the values of a field: nothing, or each is looked at and converted, encrypted or dropped. */
export type ValueFate = "keep" | "convert" | "encrypt" | "drop";

export interface FieldPlan {
  /** Null: a new field. */
  before: StoredField | null;
  /** Null: the field is removed. */
  after: ConfigFieldInput | null;
  /** Where the new field stands in the input; -1 for a removed one. */
  index: number;
  fate: ValueFate;
}

/** A template that uses placeholders: which, and how the screens call it. */
export interface TemplateUse {
  label: string;
  names: string[];
}

export interface SchemaPlan {
  plans: FieldPlan[];
  errors: { path: string; message: string }[];
}

/** Compares the stored schema with the one wanted, and says what of it cannot be done. */
export function planSchemaChange(
  before: readonly StoredField[],
  after: readonly ConfigFieldInput[],
  uses: readonly TemplateUse[],
): SchemaPlan {
  const known = new Map(before.map((field) => [field.id, field]));
  const errors: SchemaPlan["errors"] = [];
  const seenKeys = new Set<string>();
  const seenIds = new Set<string>();
  const plans = after.map((field, index): FieldPlan => {
    if (seenKeys.has(field.key)) {
      errors.push({ path: `fields.${index}.key`, message: `There is another field called ${field.key}.` });
    }
    seenKeys.add(field.key);
    const stored = field.id === null ? null : (known.get(field.id) ?? null);
    if (field.id !== null && (!stored || seenIds.has(field.id))) {
      errors.push({
        path: `fields.${index}.id`,
        message: "This field is not there any more. Add it as a new one.",
      });
    }
    if (field.id !== null) seenIds.add(field.id);
    return { before: stored, after: field, index, fate: stored ? fateOf(stored.type, field.type) : "keep" };
  });
  const removed = before
    .filter(({ id }) => !seenIds.has(id))
    .map((field): FieldPlan => ({ before: field, after: null, index: -1, fate: "drop" }));
  const all = [...plans, ...removed];
  return { plans: all, errors: [...errors, ...all.flatMap((plan) => templateFlaw(plan, uses))] };
}

function fateOf(from: ConfigFieldType, to: ConfigFieldType): ValueFate {
  if (from === to) return "keep";
  if (from === "secret") return "drop";
  return to === "secret" ? "encrypt" : "convert";
}

/** The first template that uses a field, in the screens' words. */
export function usedBy(key: string, uses: readonly TemplateUse[]): string | null {
  return uses.find(({ names }) => names.includes(key))?.label ?? null;
}

function templateFlaw({ before, after, index }: FieldPlan, uses: readonly TemplateUse[]) {
  const label = before && usedBy(before.key, uses);
  if (!before || !label) return [];
  const advice = `Change the ${label} first, then come back.`;
  if (!after) {
    return [
      {
        path: "fields",
        message: `{${before.key}} stands in the ${label}, so the field cannot be removed. ${advice}`,
      },
    ];
  }
  if (after.key !== before.key) {
    const message = `{${before.key}} stands in the ${label}, so the field cannot be renamed. ${advice}`;
    return [{ path: `fields.${index}.key`, message }];
  }
  if (after.type !== before.type && (after.type === "secret" || after.type === "json")) {
    const message = `{${before.key}} stands in the ${label}, where a ${after.type} value cannot stand. ${advice}`;
    return [{ path: `fields.${index}.type`, message }];
  }
  return [];
}

/** What would be lost, in words: one sentence for each field that loses values. */
export function describeDrops(changes: readonly FieldChange[]): string[] {
  return changes
    .filter(({ dropped }) => dropped.values > 0)
    .map(({ before, after, dropped }) => {
      const act = after ? `Turning ${before?.key} into ${after.type}` : `Removing ${before?.key}`;
      const values = dropped.values === 1 ? "1 value" : `${dropped.values.toLocaleString("en")} values`;
      return `${act} drops ${values} (${placesOf(dropped)}).`;
    });
}

/** Where values are, in words: "the default and in 2 organizations". */
export function placesOf({ values, organizations }: FieldChange["dropped"]): string {
  const overrides =
    organizations === 1 ? "in 1 organization" : `in ${organizations.toLocaleString("en")} organizations`;
  if (values > organizations) return organizations === 0 ? "the default" : `the default and ${overrides}`;
  return overrides;
}
