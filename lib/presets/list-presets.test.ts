import { readdirSync, readFileSync } from "node:fs";

import { describe, expect, test } from "vitest";

import { buildTestRequest } from "@/lib/connections/build-test-request";
import { parseTypedText } from "@/lib/config/rules";
import { INTEGRATION_NAME } from "@/lib/integrations/rules";
import { resolveUrlTemplate, type TemplateValues } from "@/lib/oauth/templates";
import { findPreset, listPresets } from "@/lib/presets/list-presets";
import { presetSchema, type Preset } from "@/lib/presets/schema";

const presets = listPresets();
/** Those that suggest a name; the others stand for any service. */
const services = presets.filter((preset) => preset.name !== "");
const named = presets.map((preset) => [preset.id, preset] as const);

/** Parameters that the handshake and the token requests set themselves. */
const OURS = new Set([
  "response_type",
  "response_mode",
  "client_id",
  "client_secret",
  "client_assertion",
  "client_assertion_type",
  "redirect_uri",
  "scope",
  "state",
  "nonce",
  "code",
  "code_challenge",
  "code_challenge_method",
  "code_verifier",
  "audience",
  "grant_type",
  "refresh_token",
  "request",
  "request_uri",
]);

const LABELS: Record<string, string> = {
  clientId: "Client ID",
  clientSecret: "Client Secret",
  authorizationUrl: "Authorization URL",
  tokenUrl: "Token URL",
  scopes: "Scopes",
  defaultEntityId: "Default Entity ID",
};

function urlsOf(preset: Preset): string[] {
  return [
    preset.authorizationUrl,
    preset.tokenUrl,
    preset.revocationUrl,
    preset.identityUrl,
    preset.issuer,
    preset.baseUrl,
    preset.testUrl,
    preset.docsUrl,
  ].filter((url) => url !== null);
}

function authTemplates({ auth }: Preset): string[] {
  if (!auth) return [];
  const own = auth.type === "basic" ? [auth.username, auth.password] : [];
  return [...own, ...Object.entries(auth.headers).flat()];
}

function placeholdersOf(preset: Preset): string[] {
  const templates = [
    ...urlsOf(preset),
    ...Object.values(preset.authorizationParams),
    ...Object.values(preset.tokenParams),
    ...authTemplates(preset),
    ...(preset.testPath === null ? [] : ["{base_url}", preset.testPath]),
  ];
  return templates.flatMap((template) =>
    [...template.matchAll(/\{([^}]*)\}/g)].map((match) => match[1] ?? ""),
  );
}

function preset(id: string): Preset {
  const found = findPreset(id);
  if (found === null) throw new Error(`no preset ${id}`);
  return found;
}

describe.each(named)("%s", (id, preset) => {
  test("is complete, plain data", () => {
    expect(presetSchema.parse(preset)).toEqual(preset);
    expect(JSON.parse(JSON.stringify(preset))).toEqual(preset);
  });

  test("has https URLs that are valid once their placeholders are filled in", () => {
    for (const url of urlsOf(preset)) {
      const resolved = new URL(url.replaceAll(/\{[^}]*\}/g, "acme"));
      expect(resolved.protocol, url).toBe("https:");
      expect(resolved.username + resolved.password + resolved.port + resolved.hash, url).toBe("");
      expect(resolved.href, url).not.toMatch(/[{}]|%7B/i);
    }
  });

  test("uses no placeholder but the entity ID and its own config fields", () => {
    const known = ["entity_id", ...preset.configFields.map((field) => field.key)];
    for (const placeholder of placeholdersOf(preset)) expect(known).toContain(placeholder);
  });

  test("has URLs that the resolver takes", () => {
    const defaults = preset.configFields.map(({ key, defaultValue }) => [key, defaultValue ?? "acme"]);
    const values: TemplateValues = { entity_id: "common", ...Object.fromEntries(defaults) };
    for (const url of urlsOf(preset))
      expect(resolveUrlTemplate(url, values), url).toMatchObject({ ok: true });
  });

  test("has a use for each of its config fields, and asks for it", () => {
    for (const field of preset.configFields) {
      // Without OAuth and without headers of its own, the fields are for scripts to use.
      if (preset.flowType !== null || preset.auth) expect(placeholdersOf(preset)).toContain(field.key);
      if (!field.required || field.defaultValue !== null) continue;
      expect(preset.blanks.map((blank) => blank.field)).toContain(`config.${field.key}`);
    }
  });

  test("keeps secrets out of its URLs, and has defaults of their fields' types", () => {
    for (const { key, type, defaultValue } of preset.configFields) {
      if (type === "secret" || type === "json") {
        for (const url of urlsOf(preset)) expect(url).not.toContain(`{${key}}`);
      }
      if (type === "secret") expect(defaultValue, key).toBeNull();
      expect(parseTypedText(type, defaultValue ?? "").ok, key).toBe(true);
    }
  });

  test("without OAuth makes the request of Test connection from its fields", () => {
    if (preset.flowType !== null) return;
    const typed: Record<string, string> = { base_url: "https://api.example.com/v1", test_path: "/me" };
    const request = buildTestRequest({
      auth: preset.auth,
      testUrl: null,
      testPath: preset.testPath,
      fields: preset.configFields.map(({ key, type, required, defaultValue }) => ({
        key,
        type,
        required,
        value: typed[key] ?? defaultValue ?? "value",
      })),
    });
    expect(request.ok).toBe(preset.auth !== null);
    if (request.ok) expect(Object.keys(request.headers).length).toBeGreaterThan(0);
  });

  test("leaves the handshake's own parameters alone", () => {
    for (const name of [...Object.keys(preset.authorizationParams), ...Object.keys(preset.tokenParams)]) {
      expect(OURS.has(name), name).toBe(false);
    }
  });

  test("asks for at most four things, each once, under the form's labels", () => {
    const fields = preset.blanks.map((blank) => blank.field);
    expect(fields.length).toBeLessThanOrEqual(4);
    expect(new Set(fields).size).toBe(fields.length);
    for (const blank of preset.blanks) {
      if (blank.field.startsWith("config.")) {
        const field = preset.configFields.find(({ key }) => `config.${key}` === blank.field);
        expect(field?.label, blank.field).toBe(blank.label);
      } else expect(blank.label).toBe(LABELS[blank.field]);
    }
  });

  test("has the URLs that its flow needs, or asks for them", () => {
    if (preset.flowType === null) {
      expect(urlsOf(preset).filter((url) => url !== preset.docsUrl)).toEqual([]);
      expect(preset.configFields.map(({ key }) => key)).toContain("base_url");
      return;
    }
    const asked = preset.blanks.map((blank) => blank.field);
    expect(preset.tokenUrl !== null || asked.includes("tokenUrl")).toBe(true);
    if (preset.flowType === "authorization_code") {
      expect(preset.authorizationUrl !== null || asked.includes("authorizationUrl")).toBe(true);
    }
  });

  test("lies in the catalogue file of its id", () => {
    expect(readdirSync(new URL("catalogue", import.meta.url))).toContain(`${id}.ts`);
  });
});

test("ids and suggested names are unique, and the names are valid", () => {
  expect(new Set(presets.map((each) => each.id)).size).toBe(presets.length);
  expect(new Set(services.map((each) => each.name)).size).toBe(services.length);
  for (const each of services) expect(each.name).toMatch(INTEGRATION_NAME);
});

test("every catalogue file is listed", () => {
  expect(readdirSync(new URL("catalogue", import.meta.url)).length).toBe(presets.length);
});

test("finds a preset by its id, and nothing by an unknown one", () => {
  expect(findPreset("microsoft-graph")?.title).toBe("Microsoft Graph");
  expect(findPreset("no-such-service")).toBeNull();
  expect(findPreset(null)).toBeNull();
});

test("the custom preset fills nothing in", () => {
  const custom = preset("custom");
  expect(custom.name).toBe("");
  expect(urlsOf(custom)).toEqual([]);
  expect(custom.scopes).toEqual([]);
});

describe("knows the quirk of", () => {
  test("Xero: refresh tokens for one use with 30 minutes' grace", () => {
    expect(preset("xero")).toMatchObject({ refreshTokensReusable: false, refreshTokenGraceSeconds: 1_800 });
  });

  test("QuickBooks: the same refresh token for a day, Basic authentication, realmId", () => {
    const quickBooks = preset("quickbooks-online");
    expect(quickBooks.tokenEndpointAuthMethod).toBe("client_secret_basic");
    expect(quickBooks.notes.join(" ")).toMatch(/same for about a day/);
    expect(quickBooks.notes.join(" ")).toMatch(/realmId/);
  });

  test("Salesforce: no expires_in, so an interval; instance_url", () => {
    expect(preset("salesforce").refreshIntervalSeconds).toBe(3_600);
    expect(preset("salesforce").notes.join(" ")).toMatch(/instance_url/);
  });

  test("Slack: scopes with commas, no PKCE", () => {
    expect(preset("slack")).toMatchObject({ scopeSeparator: ",", pkce: false });
  });

  test("Zoho: a dead token as HTTP 200, offline access, api_domain", () => {
    const zoho = preset("zoho");
    expect(zoho.deadTokenAnswers).toContainEqual({ status: 200, match: "invalid_code" });
    expect(zoho.authorizationParams).toEqual({ access_type: "offline", prompt: "consent" });
    expect(zoho.notes.join(" ")).toMatch(/api_domain/);
  });

  test("Microsoft: scope on refresh, each customer's own token URL, reusable refresh tokens, 90 days", () => {
    expect(preset("microsoft-graph")).toMatchObject({
      sendScopeOnRefresh: true,
      tokenUrl: "https://login.microsoftonline.com/{entity_id}/oauth2/v2.0/token",
      defaultEntityId: "common",
      scopes: ["offline_access", "Directory.Read.All"],
      refreshTokensReusable: true,
      refreshTokenIdleDays: 90,
    });
  });

  test("Pax8: a JSON token request with audience; tokens rejected early", () => {
    expect(preset("pax8")).toMatchObject({
      flowType: "client_credentials",
      tokenRequestFormat: "json",
      audience: "https://api.pax8.com",
    });
    expect(preset("pax8").notes.join(" ")).toMatch(/rejects a token before it expires/);
  });

  test("HaloPSA: a dead refresh token as 400 “Token not found”", () => {
    expect(preset("halopsa").deadTokenAnswers).toEqual([{ status: 400, match: "Token not found" }]);
  });

  test("NinjaOne: a region that refuses offline_access", () => {
    expect(preset("ninjaone").notes.join(" ")).toMatch(/refuses the OAuth scope offline_access/);
  });

  test("Google: offline access with consent each time; 7 days in test mode; revoking ends the whole grant", () => {
    const google = preset("google-workspace");
    expect(google.authorizationParams).toEqual({ access_type: "offline", prompt: "consent" });
    expect(google.notes.join(" ")).toMatch(/7 days/);
    expect(google.revocationEndsWholeGrant).toBe(true);
  });

  test("services without refresh tokens: said on the custom preset", () => {
    expect(preset("custom").notes.join(" ")).toMatch(/no refresh token/);
  });

  test("GitHub: errors as HTTP 200, tokens that never expire", () => {
    expect(preset("github").notes.join(" ")).toMatch(/do not expire/);
    expect(preset("github").notes.join(" ")).toMatch(/status 200/);
  });

  test("HubSpot: a host of the account's own", () => {
    expect(preset("hubspot").authorizationUrl).toBe("https://{app_host}.hubspot.com/oauth/authorize");
  });

  test("Dropbox: offline tokens on request, identity by POST", () => {
    expect(preset("dropbox").authorizationParams).toEqual({ token_access_type: "offline" });
    expect(preset("dropbox").identityMethod).toBe("POST");
  });

  test("Atlassian: audience and consent at authorization", () => {
    expect(preset("atlassian").audience).toBe("api.atlassian.com");
    expect(preset("atlassian").authorizationParams).toEqual({ prompt: "consent" });
  });
});

describe("knows how", () => {
  test("ConnectWise PSA wants company and keys by Basic, and a client ID beside", () => {
    expect(preset("connectwise-psa").auth).toEqual({
      type: "basic",
      username: "{company_id}+{public_key}",
      password: "{private_key}",
      headers: { clientId: "{client_id}" },
    });
  });

  test("Autotask wants three headers", () => {
    expect(Object.keys(preset("autotask").auth?.headers ?? {})).toEqual([
      "ApiIntegrationCode",
      "UserName",
      "Secret",
    ]);
  });

  test.each(["it-glue", "hudu"])("%s wants x-api-key", (id) => {
    expect(preset(id).auth).toEqual({ type: "headers", headers: { "x-api-key": "{api_key}" } });
  });

  test("Datto RMM gives a token only for its keys", () => {
    expect(preset("datto-rmm").auth).toBeNull();
    expect(preset("datto-rmm").notes.join(" ")).toMatch(/password grant/);
  });
});

test("the guide lists every preset with its suggested name and everything to fill in", () => {
  const guide = readFileSync(new URL("../../docs/guides/presets.md", import.meta.url), "utf8");
  const rows = guide
    .split("\n")
    .filter((line) => line.startsWith("| ") && !line.startsWith("| --"))
    .map((line) => line.split("|").map((cell) => cell.trim()));
  for (const each of presets) {
    const [, , name, flow, blanks] = rows.find((cells) => cells[1] === each.title) ?? [];
    expect(name, each.title).toBe(each.name === "" ? "choose one" : `\`${each.name}\``);
    expect(flow, each.title).toContain(
      each.flowType === null
        ? "No OAuth"
        : each.flowType === "authorization_code"
          ? "Authorization Code (Interactive)"
          : "Client Credentials",
    );
    expect(blanks?.split(", ").sort(), each.title).toEqual(each.blanks.map((blank) => blank.label).sort());
  }
  expect(rows.length).toBe(presets.length + 1);
});
