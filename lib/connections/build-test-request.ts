import type { PresetAuth } from "@/lib/presets/schema";
import type { ConfigFieldType, JsonValue } from "@/lib/integrations/rules";
import { listPlaceholders, PLACEHOLDER } from "@/lib/oauth/templates";
import { textOf } from "@/lib/config/rules";
import { ASK_FROM_SCRIPT } from "./describe-test";

/** A config field with its merged value, opened if it is a secret; undefined where nothing is set. */
export interface OpenField {
  key: string;
  type: ConfigFieldType;
  required: boolean;
  value: JsonValue | undefined;
}

export type TestRequest =
  | {
      ok: true;
      url: string;
      headers: Record<string, string>;
      /** What must be masked in anything shown: every secret value, and what was made of it. */
      secrets: string[];
    }
  /** `path` is the field to mend (`config.<key>`), `message` says how. */
  | { ok: false; path: string; message: string };

interface TestDescription {
  /** Null: the service's authentication takes more than headers, or is not known; then only a test URL is asked, without. */
  auth: PresetAuth | null;
  /** The integration's own test URL with its placeholders filled in; it wins over `testPath`. */
  testUrl: string | null;
  /** Below the field `base_url`. */
  testPath: string | null;
  fields: readonly OpenField[];
}

const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** Headers that decide how a request is framed or whom it is for (RFC 9110, RFC 9112). */
const NOT_OURS = /^(host|content-length|connection|transfer-encoding|te|trailer|upgrade|expect|proxy-.*)$/i;
/** RFC 9110 5.5, without obs-text: what is beyond ASCII is read differently by each server. */
const HEADER_VALUE = /^[\t\u0020-\u007e]*$/;

/**
 * The request of Test connection for an integration without OAuth: URL and headers made of the values of config fields.
 * Pure, and sends nothing.
 */
export function buildTestRequest({ auth, testUrl, testPath, fields }: TestDescription): TestRequest {
  const byKey = new Map(fields.map((field) => [field.key, field]));
  const missing = fields.find(({ required, value }) => required && value === undefined);
  if (missing) return refuse(missing.key, `Set ${missing.key} first: it is required and has no value.`);
  if (!auth) return askWithout(testUrl, fields);
  const fill = (template: string) =>
    template
      .replace(PLACEHOLDER, (_, key: string) => {
        const value = byKey.get(key)?.value;
        return value === undefined ? "" : textOf(value);
      })
      .trim();
  const url = testUrl === null ? below(fill("{base_url}"), fill(testPath ?? "")) : testUrl;
  if (url === null)
    return refuse("base_url", "The Base URL and the Test path make no URL. Begin with https://.");
  const headers: Record<string, string> = {};
  for (const [nameTemplate, template] of headersOf(auth)) {
    const name = fill(nameTemplate);
    const [nameKey = ""] = listPlaceholders(nameTemplate);
    if (!HEADER_NAME.test(name) || NOT_OURS.test(name)) {
      return refuse(nameKey, `“${name}” cannot be the name of a header here. Choose another one.`);
    }
    const value = fill(template);
    if (!HEADER_VALUE.test(value)) {
      const key = listPlaceholders(template).find((each) => !HEADER_VALUE.test(fill(`{${each}}`))) ?? "";
      return refuse(key, `${key} has signs that cannot stand in a header. Enter it again.`);
    }
    headers[name] = value;
  }
  if (auth.type === "basic") {
    const username = fill(auth.username);
    const [usernameKey = ""] = listPlaceholders(auth.username);
    if (username.includes(":")) return refuse(usernameKey, "The user name may not have a colon in it.");
    headers["authorization"] =
      `Basic ${Buffer.from(`${username}:${fill(auth.password)}`).toString("base64")}`;
  }
  return { ok: true, url, headers, secrets: secretsOf(fields, headers) };
}

/** Without what the service is told by who calls, it can be asked whether it is there. */
function askWithout(testUrl: string | null, fields: readonly OpenField[]): TestRequest {
  if (testUrl !== null) return { ok: true, url: testUrl, headers: {}, secrets: secretsOf(fields, {}) };
  return refuse("", `${ASK_FROM_SCRIPT} With a Test URL it can be asked whether it answers.`);
}

function headersOf(auth: PresetAuth): [name: string, value: string][] {
  return Object.entries(auth.headers);
}

/** The path below the base URL; null where it would lead to another origin. */
function below(baseUrl: string, path: string): string | null {
  if (!/^https?:\/\//i.test(baseUrl) || !URL.canParse(baseUrl)) return null;
  const base = new URL(baseUrl);
  const joined = path === "" ? baseUrl : `${baseUrl.replace(/\/+$/, "")}/${path.replace(/^\/+/, "")}`;
  if (!URL.canParse(joined)) return null;
  const url = new URL(joined);
  return url.origin === base.origin && url.username === "" && url.password === "" ? url.href : null;
}

function secretsOf(fields: readonly OpenField[], headers: Record<string, string>): string[] {
  const values = fields.flatMap(({ type, value }) =>
    type === "secret" && value !== undefined && value !== "" ? [textOf(value)] : [],
  );
  const authorization = headers["authorization"]?.replace(/^Basic /, "");
  return [...values, ...(authorization ? [authorization] : [])];
}

function refuse(key: string, message: string): TestRequest {
  return { ok: false, path: key === "" ? "" : `config.${key}`, message };
}
