import fc from "fast-check";
import { findJsonError } from "@/lib/config/find-json-error";
import type { Definition } from "@/lib/definitions/schema";
import { listPresets } from "@/lib/presets/list-presets";

const storable = (text: string) => !text.includes("\u0000") && text.isWellFormed();
const anyText = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 60 }),
  fc.string({ unit: "binary", maxLength: 30 }).filter(storable),
  fc.constantFrom(
    "yes",
    "null",
    "~",
    "0x1F",
    "1e3",
    "2026-01-01",
    "- a",
    "a: b",
    "#x",
    "'",
    '"',
    "<<",
    "=",
    "*a",
    "&a",
  ),
  fc.constantFrom(
    "two\nlines",
    "ends\n",
    " leading",
    "trailing ",
    "\ttab",
    "a\r\nb",
    "%",
    "!!str x",
    "---",
    "...",
    "|",
  ),
);
const trimmed = anyText.map((text) => text.trim().slice(0, 60).trim()).filter(storable);
const optional = trimmed.map((text) => text || null);

const key = fc
  .stringMatching(/^[a-z][a-z0-9_]{0,12}$/)
  .filter((name) => name !== "entity_id" && name !== "entity_name");
const jsonDefault = fc
  .jsonValue({ maxDepth: 3, stringUnit: "grapheme" })
  .map(
    (value) =>
      JSON.parse(
        JSON.stringify(value).replaceAll("\\u0000", ""),
      ) as Definition["config_schema"][0]["default"],
  )
  // Numbers that cannot be kept exactly are refused.
  .filter((value) => findJsonError(JSON.stringify(value)) === null);

const field = fc
  .record({
    key,
    required: fc.boolean(),
    description: trimmed,
    typed: fc.oneof(
      fc.record({ type: fc.constant("string" as const), default: fc.option(anyText) }),
      fc.record({ type: fc.constant("int" as const), default: fc.option(fc.maxSafeInteger()) }),
      fc.record({ type: fc.constant("bool" as const), default: fc.option(fc.boolean()) }),
      fc.record({ type: fc.constant("json" as const), default: jsonDefault }),
      fc.record({ type: fc.constant("secret" as const), default: fc.constant(null) }),
    ),
  })
  .map(({ typed, required, description, key: name }) => ({
    key: name,
    type: typed.type,
    required,
    description,
    default: typed.default,
  }));

const parameters = fc.dictionary(
  fc.stringMatching(/^x_[a-z0-9_.-]{1,8}$/),
  anyText.filter((text) => !/[{}]/.test(text)),
  {
    maxKeys: 3,
    noNullPrototype: true,
  },
);
const url = fc.constantFrom(
  "https://login.example.com/{entity_id}/token",
  "https://login.example.com/token",
  "https://{entity_id}.example.com/oauth/authorize?x=1",
  "https://api.example.com/v1/me#part",
);
const optionalUrl = fc.option(url);

const oauth = fc.record({
  flow_type: fc.constantFrom("authorization_code" as const, "client_credentials" as const),
  client_id: trimmed.filter((text) => text !== ""),
  authorization_url: url,
  token_url: url,
  revocation_url: optionalUrl,
  identity_url: optionalUrl,
  issuer: optionalUrl,
  scopes: fc.uniqueArray(fc.stringMatching(/^[A-Za-z0-9:/._-]{1,20}$/), { maxLength: 4 }),
  scope_separator: fc.constantFrom(" " as const, "," as const),
  send_scope_on_refresh: fc.boolean(),
  audience: optional,
  token_endpoint_auth_method: fc.constantFrom(
    "client_secret_post" as const,
    "client_secret_basic" as const,
    "private_key_jwt" as const,
  ),
  token_request_format: fc.constantFrom("form" as const, "json" as const),
  pkce: fc.boolean(),
  authorization_params: parameters,
  token_params: parameters,
  private_key_id: optional,
  private_key_algorithm: fc.constantFrom(null, "RS256"),
  refresh_tokens_reusable: fc.boolean(),
  unanswered_policy: fc.constantFrom("retry" as const, "never" as const),
  refresh_ends_access_token: fc.boolean(),
  refresh_margin_seconds: fc.option(fc.integer({ min: 1, max: 86_400 })),
  refresh_interval_seconds: fc.option(fc.integer({ min: 1, max: 31_536_000 })),
});

/** Definitions that an installation can have, with the texts that YAML finds hard. */
export const definitions: fc.Arbitrary<Definition> = fc.record({
  bifrost: fc.constant("integration/v1" as const),
  name: fc.uuid().map((id) => `I${id}`),
  description: trimmed,
  preset: fc.option(fc.constantFrom(...listPresets().map(({ id }) => id))),
  entity_data_provider: optional,
  default_entity_id: fc.option(fc.stringMatching(/^[a-z0-9]{1,12}$/)),
  test_url: optionalUrl,
  api_hosts: fc.uniqueArray(fc.stringMatching(/^[a-z]{1,6}\.example\.com$/), { maxLength: 3 }),
  organization_policy: fc.constantFrom("default" as const, "none" as const),
  lend_default_to_api_keys: fc.boolean(),
  oauth: fc.option(oauth),
  config_schema: fc.uniqueArray(field, { maxLength: 5, selector: (each) => each.key }),
});
