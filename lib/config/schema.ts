import { z } from "zod";
import { storable } from "@/lib/storable";

export const CONFIG_KEY = /^[a-z][a-z0-9_]{0,63}$/;
export const CONFIG_FIELD_TYPES = ["string", "int", "bool", "json", "secret"] as const;

/** Placeholders that are no config field's, so that no field may take their names. */
const RESERVED_KEYS = new Set(["entity_id", "entity_name"]);
const MAX_FIELDS = 100;

const configKey = storable(z.string({ error: "Enter a key." }))
  .trim()
  .min(1, "Enter a key.")
  .regex(
    CONFIG_KEY,
    "Start with a small letter; then small letters, digits or “_”, at most 64 in all, for example base_url.",
  )
  .refine((key) => !RESERVED_KEYS.has(key), "This key is the mapping's own. Choose another one.");

const fieldInput = z.object({
  /** The field's id; left out for a new one. A field whose id stays away is removed. */
  id: z
    .uuid()
    .nullish()
    .transform((id) => id ?? null),
  key: configKey,
  type: z.enum(CONFIG_FIELD_TYPES, { error: `Choose one of ${CONFIG_FIELD_TYPES.join(", ")}.` }),
  required: z
    .boolean()
    .nullish()
    .transform((value) => value ?? false),
  description: storable(z.string())
    .trim()
    .max(500, "Shorten the description to at most 500 characters.")
    .nullish()
    .transform((text) => text ?? ""),
});

/** What is typed for config fields: any object, judged key by key. Not a z.record, which would drop `__proto__` unseen. */
export const configObject = z.custom<Record<string, unknown>>(
  (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  "Send an object with a value for each key.",
);

const edited = {
  integrationId: z.uuid(),
  /** The version of the integration that the form was filled from. */
  version: z.coerce.number().int(),
};

export const previewSchemaChangeInput = z.object({
  ...edited,
  /** All fields in their order. */
  fields: z.array(fieldInput).max(MAX_FIELDS, `Keep at most ${MAX_FIELDS} fields.`),
});

export const updateConfigSchemaInput = previewSchemaChangeInput.extend({
  /** How many stored values of each field may go, as the preview said; an edit that would drop more is refused. */
  acceptDrops: z
    .array(z.object({ id: z.uuid(), values: z.int() }))
    .nullish()
    .transform((counts) => counts ?? []),
});

export const setDefaultsInput = z.object({
  ...edited,
  /** By key: a value of the field's type, or null to clear it. What is not named stays; a blank secret stays too. */
  values: configObject,
});

export type ConfigFieldInput = z.output<typeof fieldInput>;
export type AcceptedDrops = z.output<typeof updateConfigSchemaInput>["acceptDrops"];

/** How many stored values something happens to, and in how many organizations beside the default. */
export interface ValueCount {
  values: number;
  organizations: number;
}

/** What an edit of the schema does to one field and to what is stored for it. */
export interface FieldChange {
  /** Null: a new field. */
  id: string | null;
  before: { key: string; type: ConfigFieldInput["type"] } | null;
  /** Null: the field is removed. */
  after: { key: string; type: ConfigFieldInput["type"] } | null;
  kept: ValueCount;
  converted: ValueCount;
  encrypted: ValueCount;
  dropped: ValueCount;
}
