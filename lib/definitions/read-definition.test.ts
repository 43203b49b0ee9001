import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AppError } from "@/lib/errors";
import { oauthClientInput } from "@/lib/integrations/schema";
import { definitions } from "@/test/definitions";
import { readDefinition } from "./read-definition";
import { camelCase, diffDefinitions } from "./rules";
import { OAUTH_SETTINGS } from "./schema";
import { writeDefinition } from "./write-definition";

const minimal = "bifrost: integration/v1\nname: Graph\n";
const withOAuth = `${minimal}oauth:\n  flow_type: client_credentials\n  client_id: abc\n  token_url: https://a.example/t\n`;

function refusalOf(text: string): { code: string; errors: string[] } {
  try {
    readDefinition(text);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { code: error.code, errors: error.errors.map(({ message }) => message) };
  }
  return { code: "none", errors: [] };
}

describe("a definition", () => {
  it("reads back from its text as it was written, whatever its texts hold", () => {
    fc.assert(
      fc.property(definitions, (definition) => {
        const text = writeDefinition(definition);
        const read = readDefinition(text).definition;
        expect(read).toEqual(definition);
        expect(writeDefinition(read)).toBe(text);
        expect(diffDefinitions(definition, read)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it("has every setting of the OAuth form but its secrets and what belongs to them", () => {
    const secrets = [
      "clientSecret",
      "clearClientSecret",
      "clientSecretExpiresAt",
      "privateKey",
      "clearPrivateKey",
    ];
    const settings = Object.keys(oauthClientInput.shape).filter((name) => !secrets.includes(name));
    expect(OAUTH_SETTINGS.map(camelCase).sort()).toEqual(settings.sort());
  });

  it("needs no more than a name", () => {
    expect(readDefinition(minimal).definition).toMatchObject({
      name: "Graph",
      oauth: null,
      config_schema: [],
    });
  });

  it("says at its top that no secret is in it, and stands in a fixed order", () => {
    const { definition } = readDefinition(withOAuth);
    expect(writeDefinition(definition)).toMatchInlineSnapshot(`
      "# The definition of an integration of Bifrost. No secret is in it: after an import, enter the client secret,
      # the private key and the values of secret fields by hand.

      bifrost: integration/v1
      name: Graph
      organization_policy: default
      lend_default_to_api_keys: false

      oauth:
        flow_type: client_credentials
        client_id: abc
        token_url: https://a.example/t
        scope_separator: " "
        send_scope_on_refresh: false
        token_endpoint_auth_method: client_secret_post
        token_request_format: form
        pkce: true
        refresh_tokens_reusable: false
        unanswered_policy: retry
        refresh_ends_access_token: false
      "
    `);
  });

  it("accepts anchors and aliases", () => {
    const text = `${minimal}test_url: &u https://a.example\nentity_data_provider: *u\n`;
    expect(readDefinition(text).definition.entity_data_provider).toBe("https://a.example");
  });
});

describe("a text that is none is refused with its line", () => {
  const refusals: [what: string, text: string, words: string][] = [
    ["not YAML", `${minimal}a: b: c\n`, "Line 3: "],
    ["an open quote", `${minimal}description: "x\n`, "missing here"],
    ["tabs", `${minimal}oauth:\n\tflow_type: x\n`, "Line 4: "],
    ["JSON's list", "[1, 2]", "This is not a definition."],
    ["empty", "", "This is not a definition."],
    ["a lone text", "hello", "This is not a definition."],
    ["another format", "bifrost: workflow/v1\nname: x\n", "Line 1, bifrost: Write “bifrost: integration/v1”"],
    ["no format", "name: x\n", "bifrost: Write “bifrost: integration/v1”"],
    ["a newer version", "bifrost: integration/v2\nname: x\n", "newer format (integration/v2)"],
    [
      "a number that would be rounded",
      `${minimal}config_schema:\n  - key: a\n    type: json\n    default:\n      tenant: 12345678901234567890\n`,
      "Line 7: This number is too large to be kept exactly.",
    ],
    [
      "a number beyond all",
      `${minimal}config_schema: [{ key: a, type: json, default: [1e999] }]\n`,
      "Line 3, ",
    ],
    ["a name twice", `${minimal}name: Again\n`, "Line 3: This name stands here twice."],
    ["two documents", `${minimal}---\n${minimal}`, "Import one definition at a time."],
    ["a tag", `${minimal}description: !!js/function x\n`, "Line 3: Tags are not allowed"],
    ["binary", `${minimal}description: !!binary aGk=\n`, "Line 3: Tags are not allowed"],
    ["a list as a name", `${minimal}? [a]\n: b\n`, "Line 3: "],
    ["an anchor that is not there", `${minimal}description: *nobody\n`, "Line 3: There is no anchor"],
    ["an unknown field", `${minimal}colour: red\n`, "Line 3, colour: There is no setting “colour” here."],
    ["an unknown OAuth field", `${withOAuth}  nonce: x\n`, "Line 7, oauth.nonce: There is no setting"],
    ["merging", `${minimal}<<: {a: 1}\n`, "There is no setting “<<” here."],
    ["a client secret", `${withOAuth}  client_secret: x\n`, "Line 7, oauth.client_secret: No secret belongs"],
    [
      "a number for a text",
      `${minimal}description: 12\n`,
      "Line 3, description: Write a text; put quotes around",
    ],
    ["a missing name", "bifrost: integration/v1\n", "name: This is missing."],
    ["a text for a flag", `${withOAuth}  pkce: "on"\n`, "Line 7, oauth.pkce: Write true or false."],
    [
      "an unknown flow",
      withOAuth.replace("client_credentials", "implicit"),
      "Line 4, oauth.flow_type: Write one of",
    ],
    [
      "a half second",
      `${withOAuth}  refresh_margin_seconds: 1.5\n`,
      "Line 7, oauth.refresh_margin_seconds: Write a whole",
    ],
    ["scopes as a text", `${withOAuth}  scopes: a b\n`, "Line 7, oauth.scopes: Write a list"],
    ["a list of OAuth", `${minimal}oauth: []\n`, "Line 3, oauth: Write settings here"],
    [
      "a parameter that is no text",
      `${withOAuth}  token_params:\n    a: 1\n`,
      "Line 8, oauth.token_params.a: Write a text",
    ],
    [
      "__proto__ among parameters",
      `${withOAuth}  token_params:\n    __proto__: a\n`,
      "Line 8, oauth.token_params.__proto__",
    ],
    ["__proto__", `${minimal}__proto__:\n  a: 1\n`, "Line 3, __proto__: There is no setting"],
    ["constructor", `${minimal}constructor: x\n`, "Line 3, constructor: There is no setting"],
    ["NUL", `${minimal}description: "a\\0b"\n`, "Line 3, description: Take out the NUL"],
    ["a broken surrogate", `${minimal}description: "\\ud800"\n`, "Line 3, description: Take out the NUL"],
    [
      "a secret's default",
      `${minimal}config_schema:\n  - key: a\n    type: secret\n    default: x\n`,
      "Line 6, config_schema.0.default: No secret belongs",
    ],
    [
      "a default of another type",
      `${minimal}config_schema:\n  - {key: a, type: int, default: "5"}\n`,
      "Line 4, config_schema.0.default: Send a whole number",
    ],
    [
      "a number that is none",
      `${minimal}config_schema:\n  - {key: a, type: json, default: [.nan]}\n`,
      "Line 4, config_schema.0.default: Send a JSON value.",
    ],
    [
      "a key twice",
      `${minimal}config_schema:\n  - {key: a, type: int}\n  - {key: a, type: int}\n`,
      "Line 5, config_schema.1.key: There is another field",
    ],
  ];
  it.each(refusals)("%s", (_, text, words) => {
    const { code, errors } = refusalOf(text);
    expect({ code, words: errors.join("\n") }).toEqual({
      code: "validation_failed",
      words: expect.stringContaining(words),
    });
  });

  it("every field at fault at once", () => {
    expect(refusalOf(`${minimal}test_url: 1\napi_hosts: x\nfoo: 1\n`).errors).toHaveLength(3);
  });

  it("too much of it", () => {
    expect(refusalOf(`${minimal}description: ${"x".repeat(1_000_000)}`).code).toBe("payload_too_large");
  });

  it("a bomb of aliases, a ring, and brackets without end, each within a moment", () => {
    const levels = Array.from({ length: 12 }, (_, index) =>
      index === 0
        ? "a0: &a0 [x,x,x,x,x,x,x,x,x]"
        : `a${index}: &a${index} [${Array(9)
            .fill(`*a${index - 1}`)
            .join(",")}]`,
    );
    const bombs = [
      `${minimal}${levels.join("\n")}\n`,
      `${minimal}config_schema: &a\n  - *a\n`,
      `${minimal}config_schema:\n  - key: a\n    type: json\n    default: &x [*x]\n`,
      `${minimal}description: ${"[".repeat(900_000)}`,
      `${minimal}description: ${"[".repeat(100_000)}${"]".repeat(100_000)}`,
      `${minimal}description: ${"{a: ".repeat(200_000)}`,
      `${minimal}${"- ".repeat(400_000)}`,
      `${minimal}${"? ".repeat(400_000)}`,
    ];
    for (const bomb of bombs) {
      const began = performance.now();
      expect(refusalOf(bomb), bomb.slice(0, 80)).toMatchObject({ code: "validation_failed" });
      expect(performance.now() - began, bomb.slice(0, 80)).toBeLessThan(5_000);
    }
  });
});
