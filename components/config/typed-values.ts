import { parseTypedText } from "@/lib/config/rules";
import type { ConfigFieldType, JsonValue } from "@/lib/integrations/rules";

/** One field of a form of config values. */
export interface TypedField {
  key: string;
  type: ConfigFieldType;
  /** What stood in it at first. */
  before: string;
  /** What stands in it now; of a secret nothing. */
  text: string;
}

export interface TypedValues {
  /** By key: the typed value, or null to clear; fields left as they were are not named. */
  values: Record<string, JsonValue>;
  /** By key: what cannot be turned into the type. */
  errors: Record<string, string>;
}

/** Turns what was typed into values of the fields' types. Secrets are read from their inputs, where alone they live. */
export function readTypedValues(fields: readonly TypedField[], form: FormData, prefix: string): TypedValues {
  const values: Record<string, JsonValue> = {};
  const errors: Record<string, string> = {};
  for (const { key, type, before, text } of fields) {
    if (type === "secret") {
      const typed = form.get(`${prefix}${key}`);
      if (typeof typed === "string" && typed !== "") values[key] = typed;
      else if (form.get(`${prefix}${key}__clear`) === "1") values[key] = null;
      continue;
    }
    if (text === before) continue;
    const judged = parseTypedText(type, text);
    if (judged.ok) values[key] = judged.value;
    else errors[key] = judged.message;
  }
  return { values, errors };
}

/** A value as it stands in its control: JSON on several lines, the rest as it reads. */
export function textInControl(type: ConfigFieldType, value: JsonValue | undefined): string {
  if (value === undefined) return "";
  if (type === "json") return JSON.stringify(value, null, 2);
  return typeof value === "string" ? value : JSON.stringify(value);
}
