import { z } from "zod";
import { CONFIG_FIELD_TYPES } from "@/lib/config/schema";
import type { JsonValue } from "@/lib/integrations/rules";
import { ORGANIZATION_POLICIES, TOKEN_ENDPOINT_AUTH_METHODS } from "@/lib/integrations/schema";
import { isStorable, NOT_STORABLE, storable } from "@/lib/storable";

/** The format that this version writes and reads; the number grows when an older reader would misread a newer text. */
export const FORMAT_VERSION = 1;
export const FORMAT = `integration/v${FORMAT_VERSION}`;

const text = storable(z.string());
const optionalText = text.nullish().transform((value) => value ?? null);
const texts = z
  .array(text)
  .nullish()
  .transform((list) => list ?? []);
const flag = (unless: boolean) =>
  z
    .boolean()
    .nullish()
    .transform((value) => value ?? unless);
const choice = <const Values extends readonly [string, ...string[]]>(
  values: Values,
  unless: Values[number],
) =>
  z
    .enum(values)
    .nullish()
    .transform((value) => value ?? unless);
const seconds = z
  .int()
  .nullish()
  .transform((value) => value ?? null);

/** Not a z.record, which would drop `__proto__` unseen. */
const parameters = z
  .custom<Record<string, unknown>>(
    (value) => typeof value === "object" && value !== null && !Array.isArray(value),
    "Write name: value, one parameter a line.",
  )
  .nullish()
  .transform((value, issues): Record<string, string> => {
    const result: Record<string, string> = {};
    for (const [name, item] of Object.entries(value ?? {})) {
      if (!/^[A-Za-z0-9_.[\]-]{1,100}$/.test(name) || name === "__proto__") {
        issues.addIssue({ code: "custom", path: [name], message: "This is no name of a parameter." });
      } else if (typeof item !== "string" || !isStorable(item)) {
        const message = typeof item === "string" ? NOT_STORABLE : "Write a text; put quotes around a number.";
        issues.addIssue({ code: "custom", path: [name], message });
      } else result[name] = item;
    }
    return result;
  });

const oauth = z.strictObject({
  flow_type: z.enum(["authorization_code", "client_credentials"]),
  client_id: text,
  authorization_url: optionalText,
  token_url: text,
  revocation_url: optionalText,
  identity_url: optionalText,
  issuer: optionalText,
  scopes: texts,
  scope_separator: choice([" ", ","], " "),
  send_scope_on_refresh: flag(false),
  audience: optionalText,
  token_endpoint_auth_method: choice(TOKEN_ENDPOINT_AUTH_METHODS, "client_secret_post"),
  token_request_format: choice(["form", "json"], "form"),
  pkce: flag(true),
  authorization_params: parameters,
  token_params: parameters,
  private_key_id: optionalText,
  private_key_algorithm: optionalText,
  refresh_tokens_reusable: flag(false),
  unanswered_policy: choice(["retry", "never"], "retry"),
  refresh_ends_access_token: flag(false),
  refresh_margin_seconds: seconds,
  refresh_interval_seconds: seconds,
});

const configField = z.strictObject({
  key: text,
  type: z.enum(CONFIG_FIELD_TYPES),
  required: flag(false),
  description: text.nullish().transform((value) => value ?? ""),
  /** Judged by the field's type; null and left out: none. */
  default: z
    .unknown()
    .optional()
    .transform((value) => (value ?? null) as JsonValue),
});

/** A definition as it stands in a file: wire names, in the order in which they are written. */
export const definitionSchema = z.strictObject({
  bifrost: z.literal(FORMAT),
  name: text,
  description: text.nullish().transform((value) => value ?? ""),
  preset: optionalText,
  entity_data_provider: optionalText,
  default_entity_id: optionalText,
  test_url: optionalText,
  api_hosts: texts,
  organization_policy: choice([...ORGANIZATION_POLICIES], "default"),
  lend_default_to_api_keys: flag(false),
  oauth: oauth.nullish().transform((value) => value ?? null),
  config_schema: z
    .array(configField)
    .nullish()
    .transform((list) => list ?? []),
});

export type Definition = z.output<typeof definitionSchema>;
export type DefinitionOAuth = z.output<typeof oauth>;
export type DefinitionField = z.output<typeof configField>;

export const OAUTH_SETTINGS = Object.keys(oauth.shape) as (keyof DefinitionOAuth)[];

export const exportIntegrationInput = z.object({ integrationId: z.uuid() });

export const previewImportInput = z.object({
  text: z.string({ error: "Paste a definition, or choose a file." }),
  /** Whose the integration is or becomes; left out: Global. */
  organizationId: z
    .uuid("Choose Global or an organization.")
    .nullish()
    .transform((id) => id ?? null),
});

export const importIntegrationInput = previewImportInput.extend({
  /** What the preview said: the version it looked at, null where there was none to update. */
  expectedVersion: z.int().nullable(),
  /** What may be dropped, in the preview's own words; an import that would drop something else is refused. */
  acceptDrops: texts,
});

/** One setting that an import changes, by its place in the file; null: not set. */
export interface DefinitionChange {
  path: string;
  before: string | null;
  after: string | null;
}

/** What an import would do, or did. */
export interface ImportResult {
  act: "create" | "update" | "none";
  name: string;
  organization: { id: string; name: string } | null;
  changes: DefinitionChange[];
  /** What becomes of stored values whose field changes its type. */
  effects: string[];
  /** What would be lost; needs a word of its own. */
  drops: string[];
  /** What follows from URLs that lead elsewhere. */
  notices: string[];
  /** What no definition holds and a person has to enter or do. */
  byHand: string[];
}

export interface ImportPreview extends ImportResult {
  /** Hand it to the import: it is refused when somebody saved since. */
  version: number | null;
}
