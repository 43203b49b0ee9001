import { textOf } from "@/lib/config/rules";
import type { FieldChange } from "@/lib/config/schema";
import type { Definition, DefinitionChange, DefinitionField } from "./schema";

/** Pure decisions about definitions: no clock, no randomness, no IO. */

export function camelCase(wireName: string): string {
  return wireName.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

const NAMED_OTHERWISE: Readonly<Record<string, string>> = {
  presetId: "preset",
  lendsDefaultToKeys: "lend_default_to_api_keys",
};

/** Where in a definition stands what a verb complains of: `oauth.tokenUrl` is `oauth.token_url`. */
export function wirePath(path: string, fields: readonly DefinitionField[]): string {
  const [head = "", ...rest] = path.split(".");
  if (head === "values" || head === "config") {
    const index = fields.findIndex(({ key }) => key === rest.join("."));
    return index < 0 ? "config_schema" : `config_schema.${index}.default`;
  }
  if (head === "fields") return ["config_schema", ...rest].join(".");
  if (head === "oauth" && rest[0] !== undefined) {
    return ["oauth", snakeCase(rest[0]), ...rest.slice(1)].join(".");
  }
  return [NAMED_OTHERWISE[head] ?? snakeCase(head), ...rest].join(".");
}

/** Every setting in which two definitions differ, in the order in which they are written. */
export function diffDefinitions(before: Definition | null, after: Definition): DefinitionChange[] {
  const left = before ? flatten(before) : new Map<string, string>();
  const right = flatten(after);
  const paths = [...new Set([...right.keys(), ...left.keys()])];
  const changes = paths.map((path) => ({
    path,
    before: left.get(path) ?? null,
    after: right.get(path) ?? null,
  }));
  return [...changes.filter((change) => change.before !== change.after), ...orderChange(before, after)];
}

/** A new order of the fields that both have; what comes and goes says so itself. */
function orderChange(before: Definition | null, after: Definition): DefinitionChange[] {
  const keysOf = (from: Definition, to: Definition) => {
    const known = new Set(to.config_schema.map(({ key }) => key));
    return from.config_schema.map(({ key }) => key).filter((key) => known.has(key));
  };
  if (!before) return [];
  const [left, right] = [keysOf(before, after).join(", "), keysOf(after, before).join(", ")];
  return left === right ? [] : [{ path: "config_schema", before: left, after: right }];
}

function flatten(definition: Definition): Map<string, string> {
  const { bifrost: _format, oauth, config_schema: fields, ...settings } = definition;
  const texts = new Map<string, string>();
  const set = (path: string, value: unknown) => {
    const text = Array.isArray(value) ? value.join(" ") : textOf((value ?? "") as string);
    if (text !== "") texts.set(path, text);
  };
  for (const [name, value] of Object.entries(settings)) set(name, value);
  for (const [name, value] of Object.entries(oauth ?? {})) {
    if (name === "scope_separator") set(`oauth.${name}`, value === "," ? "comma" : "space");
    else if (!name.endsWith("_params")) set(`oauth.${name}`, value);
    else for (const [parameter, item] of Object.entries(value ?? {})) set(`oauth.${name}.${parameter}`, item);
  }
  for (const { key, type, required, description, default: value } of fields) {
    const path = `config_schema.${key}`;
    set(path, required ? `${type}, required` : type);
    set(`${path}.description`, description);
    // An empty text is a default too.
    if (value !== null) texts.set(`${path}.default`, textOf(value));
  }
  return texts;
}

/** What becomes of stored values that are kept in another form, in words. */
export function describeEffects(changes: readonly FieldChange[]): string[] {
  return changes.flatMap(({ before, after, converted, encrypted }) => {
    const count = converted.values + encrypted.values;
    if (!before || !after || count === 0) return [];
    const values = count === 1 ? "1 value" : `${count.toLocaleString("en")} values`;
    return encrypted.values > 0
      ? [`${after.key}: encrypts ${values} in place.`]
      : [`${after.key}: turns ${values} from ${before.type} into ${after.type}.`];
  });
}
