import { z } from "zod";

import { CONFIG_FIELD_TYPES } from "@/lib/config/schema";
import { INTEGRATION_NAME } from "@/lib/integrations/rules";
import { TOKEN_ENDPOINT_AUTH_METHODS } from "@/lib/integrations/schema";

const sentence = z.string().trim().min(1).max(400);
const text = z.string().min(1).max(2_000).nullable().default(null);
const days = z.number().int().positive().nullable().default(null);
const seconds = z.number().int().positive().nullable().default(null);
const parameters = z.record(z.string(), z.string()).default({});

/** Where on the form a blank is; `config.<key>` is the config field of that key. */
const blankField = z.union([
  z.enum(["clientId", "clientSecret", "authorizationUrl", "tokenUrl", "scopes", "defaultEntityId"]),
  z.templateLiteral(["config.", z.string()]),
]);

const configField = z.strictObject({
  key: z.string().regex(/^[a-z][a-z0-9_]{0,63}$/),
  label: sentence,
  type: z.enum(CONFIG_FIELD_TYPES).default("string"),
  required: z.boolean(),
  description: sentence,
  /** As it would be typed in the form. */
  defaultValue: z.string().nullable().default(null),
});

/**
 * How a service without OAuth is told who calls: templates over all config fields, secrets among them. A field that is not
 * required and not set stands for nothing.
 */
const auth = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("headers"), headers: z.record(z.string(), z.string()) }),
  z.strictObject({
    type: z.literal("basic"),
    username: z.string().min(1),
    password: z.string(),
    /** What the service wants beside the Authorization header. */
    headers: z.record(z.string(), z.string()).default({}),
  }),
]);

/**
 * What is known of a service: it fills the form of a new integration, and tells the refresh engine the service's habits.
 * Null and empty mean "nothing known", never "the service has none". URLs may hold `{entity_id}` and `{config_key}`.
 */
export const presetSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/),
  /** Suggested name of the integration; empty for the custom one. */
  name: z.string().regex(INTEGRATION_NAME).or(z.literal("")),
  title: z.string().min(1).max(40),
  description: z.string().max(200),
  category: z.enum([
    "Productivity",
    "Service management",
    "Cloud marketplace",
    "Development",
    "Communication",
    "CRM",
    "Accounting",
    "Files",
    "Documentation",
    "Remote monitoring",
    "Any service",
  ]),
  /** One or two letters that stand for the service's icon. */
  letters: z.string().regex(/^[A-Z0-9+]{1,2}$/),
  docsUrl: text,
  /** Where to create the app at the service, what to copy, where the Redirect URI goes. */
  setupSteps: z.array(sentence).min(2).max(5),
  /** What the admin must fill in or look at; everything else is filled. */
  blanks: z.array(z.strictObject({ field: blankField, label: sentence, hint: sentence })).max(4),
  /** Config fields that the new integration gets, because its URLs or its authentication use them. */
  configFields: z.array(configField).default([]),

  /** Null: the service has no OAuth, or one that no client can be made for. */
  flowType: z.enum(["authorization_code", "client_credentials"]).nullable(),
  /** For a service without OAuth; null where its authentication takes more than headers. */
  auth: auth.nullable().default(null),
  /** Below `base_url`, a path that answers a GET by `auth`, for Test connection; a template like those of `auth`. */
  testPath: text,
  /** For a service whose `auth` is null: how its values can be tested, as Test connection cannot. */
  testNote: sentence.nullable().default(null),
  authorizationUrl: text,
  tokenUrl: text,
  /** RFC 7009 only: a service with a revocation call of its own kind has null here. */
  revocationUrl: text,
  identityUrl: text,
  identityMethod: z.enum(["GET", "POST"]).default("GET"),
  /** Only where the service is known to send `iss` to the callback (RFC 9207), and always the same. */
  issuer: text,
  scopes: z.array(z.string().min(1)).default([]),
  scopeSeparator: z.enum([" ", ","]).default(" "),
  sendScopeOnRefresh: z.boolean().default(false),
  audience: text,
  tokenEndpointAuthMethod: z.enum(TOKEN_ENDPOINT_AUTH_METHODS).default("client_secret_post"),
  tokenRequestFormat: z.enum(["form", "json"]).default("form"),
  pkce: z.boolean().default(true),
  authorizationParams: parameters,
  tokenParams: parameters,

  defaultEntityId: text,
  /** What this service's entity ID is, for the hint beside the field. */
  entityIdHint: text,
  /** Hosts besides the base URL's that the SDK may send the token to. */
  apiHosts: z.array(z.string().regex(/^[a-z0-9.-]+$/)).default([]),
  /** Suggested value of the config field `base_url`, once its placeholders are filled in. */
  baseUrl: text,
  /** Answers a GET with a bearer token, for Test connection. */
  testUrl: text,

  /** A refresh token goes on working after it was used, or was replaced. */
  refreshTokensReusable: z.boolean().default(false),
  /** How long a refresh token that was used once may be presented again, to the same effect. */
  refreshTokenGraceSeconds: seconds,
  refreshEndsAccessToken: z.boolean().default(false),
  refreshMarginSeconds: seconds,
  /** For a service that does not say when its tokens expire. */
  refreshIntervalSeconds: seconds,
  /** Unused for this long, a refresh token dies. */
  refreshTokenIdleDays: days,
  /** However often it is used, the grant dies after this long. */
  refreshTokenMaxDays: days,
  /** Revoking one token ends everything that this person granted to this OAuth client. */
  revocationEndsWholeGrant: z.boolean().default(false),
  /** Answers that mean a dead refresh token: `match` is found in the error code, its description or a plain body, whatever the case. */
  deadTokenAnswers: z
    .array(z.strictObject({ status: z.number().int().min(200).max(599), match: z.string().min(1) }))
    .default([]),
  /** The service's quirks in plain words, shown to the admin. */
  notes: z.array(sentence).default([]),
});

/** A service's preset: plain data that may cross from the server to the browser. */
export type Preset = z.output<typeof presetSchema>;
export type PresetAuth = z.output<typeof auth>;

/**
 * Fills a preset's defaults in, so that each catalogue file says only what is particular to its service.
 *
 * @throws ZodError when the catalogue's own data is wrong
 */
export function definePreset(preset: z.input<typeof presetSchema>): Preset {
  return presetSchema.parse(preset);
}
