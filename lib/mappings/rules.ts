import { checkTypedValue, sameJson } from "@/lib/config/rules";
import { tokenEntity } from "@/lib/connections/rules";
import type { ConfigFieldType, JsonValue } from "@/lib/integrations/rules";

/** Pure decisions about mappings: no clock, no randomness, no IO. */

/** How many organizations a page of the Mappings tab has. */
export const MAPPING_PAGE_SIZE = 50;

/** The config field that the SDK sends tokens to the host of. */
const BASE_URL = "base_url";

/** A config field as an upsert sees it. */
export interface OverridableField {
  id: string;
  key: string;
  type: ConfigFieldType;
  /** Undefined: not set. A secret's value is never looked at: any JSON stands for "set". */
  default: JsonValue | undefined;
  override: JsonValue | undefined;
}

export interface OverrideWrite {
  field: OverridableField;
  /** Null: the override is removed. */
  value: JsonValue;
}

export interface JudgedOverrides {
  writes: OverrideWrite[];
  errors: { path: string; message: string }[];
  /** Keys that only the provider may change, and that this input would. */
  steered: string[];
}

/**
 * Judges overrides key by key. What changes nothing is left out of the writes. For a caller that may not steer, a value of
 * a steering field passes where it is the one in force already, and then nothing is stored: the default goes on deciding.
 */
export function judgeOverrides(
  fields: readonly OverridableField[],
  config: Record<string, unknown>,
  steering: { may: boolean; keys: ReadonlySet<string> },
): JudgedOverrides {
  const byKey = new Map(fields.map((field) => [field.key, field]));
  const judged: JudgedOverrides = { writes: [], errors: [], steered: [] };
  for (const [key, raw] of Object.entries(config)) {
    if (raw === undefined) continue;
    const path = `config.${key}`;
    const field = byKey.get(key);
    if (!field) {
      judged.errors.push({ path, message: `There is no config field “${key}”.` });
      continue;
    }
    const value = raw === null ? ({ ok: true, value: null } as const) : checkOverride(field.type, raw);
    if (!value.ok) {
      judged.errors.push({ path, message: value.message });
    } else if (isChange(field, value.value)) {
      if (steering.may || !steering.keys.has(key)) judged.writes.push({ field, value: value.value });
      else if (!isInForce(field, value.value)) judged.steered.push(key);
    }
  }
  return judged;
}

function checkOverride(type: ConfigFieldType, value: unknown) {
  if (type === "secret" && value === "") {
    return {
      ok: false,
      message: "Send the secret, or null to remove it. Leave the key out to keep it.",
    } as const;
  }
  return checkTypedValue(type, value);
}

function isChange(field: OverridableField, value: JsonValue): boolean {
  if (value === null) return field.override !== undefined;
  return field.type === "secret" || !sameJson(field.override, value);
}

function isInForce(field: OverridableField, value: JsonValue): boolean {
  return value !== null && field.override === undefined && sameJson(field.default, value);
}

/** The merged value of each field after the writes; undefined where nothing is set. */
export function mergeWrites(
  fields: readonly OverridableField[],
  writes: readonly OverrideWrite[],
): { key: string; type: ConfigFieldType; value: JsonValue | undefined }[] {
  const next = new Map(writes.map(({ field, value }) => [field.id, value]));
  return fields.map(({ id, key, type, default: byDefault, override }) => {
    const written = next.get(id);
    const after = written === undefined ? override : (written ?? undefined);
    return { key, type, value: after === undefined ? byDefault : after };
  });
}

/** The keys of what is overridden after the writes. */
export function listOverridden(
  fields: readonly OverridableField[],
  writes: readonly OverrideWrite[],
): string[] {
  const next = new Map(writes.map(({ field, value }) => [field.id, value !== null]));
  return fields.filter(({ id, override }) => next.get(id) ?? override !== undefined).map(({ key }) => key);
}

/** Keys that decide where tokens go: those of every template, and the base URL. */
export function steeringKeys(uses: readonly { names: readonly string[] }[]): Set<string> {
  return new Set([BASE_URL, ...uses.flatMap(({ names }) => names)]);
}

/** Why only the provider may set a field, in the screens' words; null: the organization may. */
export function steersWhat(
  key: string,
  uses: readonly { label: string; names: readonly string[] }[],
): string | null {
  return uses.find(({ names }) => names.includes(key))?.label ?? (key === BASE_URL ? "Base URL" : null);
}

/** Whether two texts name one entity: services take their IDs in any case. */
export function sameEntity(left: string, right: string): boolean {
  return left.trim().toLowerCase() === right.trim().toLowerCase();
}

/**
 * Whose token a connection holds, and whether that is another entity than the organization's. What neither the service nor
 * the handshake told is no mismatch.
 */
export function judgeEntity(
  connection: { accountTenant: string | null; entityId: string | null } | null,
  entityId: string | null,
): { entityId: string | null; isOtherEntity: boolean } {
  const whose = connection && tokenEntity(connection);
  const isOtherEntity = entityId !== null && whose !== null && !sameEntity(whose, entityId);
  return { entityId: whose, isOtherEntity };
}
