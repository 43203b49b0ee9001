import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PresetAuth } from "@/lib/presets/schema";
import { buildTestRequest, type OpenField } from "./build-test-request";

const field = (key: string, value: OpenField["value"], changes: Partial<OpenField> = {}): OpenField => ({
  key,
  type: "string",
  required: false,
  value,
  ...changes,
});
const BASE = field("base_url", "https://api.example.com/v1/", { required: true });
const KEY = field("api_key", "k-123", { type: "secret", required: true });
const HEADER: PresetAuth = { type: "headers", headers: { "x-api-key": "{api_key}" } };
const build = (
  auth: PresetAuth | null,
  fields: OpenField[],
  testPath: string | null = "/me",
  testUrl: string | null = null,
) => buildTestRequest({ auth, testUrl, testPath, fields });

describe("the request of Test connection without OAuth", () => {
  it("goes below the base URL with the headers that the service wants", () => {
    expect(build(HEADER, [BASE, KEY])).toEqual({
      ok: true,
      url: "https://api.example.com/v1/me",
      headers: { "x-api-key": "k-123" },
      secrets: ["k-123"],
    });
    expect(build(HEADER, [BASE, KEY], null)).toMatchObject({ url: "https://api.example.com/v1/" });
    expect(build(HEADER, [BASE, KEY], "/a", "https://status.example.com/")).toMatchObject({
      url: "https://status.example.com/",
    });
  });

  it("fills header names and prefixes, and leaves out what is optional and not set", () => {
    const auth: PresetAuth = { type: "headers", headers: { "{header_name}": "{header_prefix} {api_key}" } };
    const bearer = [BASE, KEY, field("header_name", "Authorization"), field("header_prefix", "Bearer")];
    expect(build(auth, bearer)).toMatchObject({ headers: { Authorization: "Bearer k-123" } });
    expect(
      build(auth, [BASE, KEY, field("header_name", "X-Key"), field("header_prefix", undefined)]),
    ).toMatchObject({
      headers: { "X-Key": "k-123" },
    });
  });

  it("joins user name and password for Basic, and masks what comes of it", () => {
    const auth: PresetAuth = {
      type: "basic",
      username: "{company}+{public}",
      password: "{api_key}",
      headers: { clientId: "{client}" },
    };
    const fields = [BASE, KEY, field("company", "acme"), field("public", "p"), field("client", "c-1")];
    const encoded = Buffer.from("acme+p:k-123").toString("base64");
    expect(build(auth, fields)).toMatchObject({
      headers: { clientId: "c-1", authorization: `Basic ${encoded}` },
      secrets: ["k-123", encoded],
    });
  });

  it("sends nothing of the values where it is not known how, and only to a test URL", () => {
    expect(build(null, [BASE, KEY], null, "https://status.example.com/")).toEqual({
      ok: true,
      url: "https://status.example.com/",
      headers: {},
      secrets: ["k-123"],
    });
  });

  it.each<[string, OpenField[], PresetAuth | null, string]>([
    [
      "a required value that is not set",
      [BASE, field("api_key", undefined, { required: true })],
      HEADER,
      "config.api_key",
    ],
    ["a service that wants more than headers", [BASE, KEY], null, ""],
    ["a base URL without scheme", [field("base_url", "api.example.com"), KEY], HEADER, "config.base_url"],
    ["a base URL of another scheme", [field("base_url", "file:///etc"), KEY], HEADER, "config.base_url"],
    [
      "a base URL with a password",
      [field("base_url", "https://u:p@api.example.com"), KEY],
      HEADER,
      "config.base_url",
    ],
    ["no base URL", [KEY], HEADER, "config.base_url"],
    [
      "a line break in a header",
      [BASE, field("api_key", "a\r\nhost: evil", { type: "secret" })],
      HEADER,
      "config.api_key",
    ],
    [
      "a sign beyond ASCII in a header",
      [BASE, field("api_key", "schlüssel", { type: "secret" })],
      HEADER,
      "config.api_key",
    ],
    [
      "a header name that is none",
      [BASE, KEY, field("name", "a b")],
      { type: "headers", headers: { "{name}": "x" } },
      "config.name",
    ],
    [
      "a header that frames the request",
      [BASE, KEY, field("name", "Host")],
      { type: "headers", headers: { "{name}": "x" } },
      "config.name",
    ],
    [
      "a colon in the user name",
      [BASE, KEY, field("user", "a:b")],
      { type: "basic", username: "{user}", password: "{api_key}", headers: {} },
      "config.user",
    ],
  ])("is refused for %s", (_, fields, auth, path) => {
    expect(build(auth, fields)).toMatchObject({ ok: false, path });
  });

  it("never leaves the base URL's origin, whatever the test path is", () => {
    const path = fc.oneof(
      fc.string(),
      fc.webPath(),
      fc.constantFrom(
        "//evil.example",
        "\\\\evil.example",
        "@evil.example",
        ":99",
        "../..",
        "?a",
        "#b",
        "https://evil.example/",
      ),
    );
    fc.assert(
      fc.property(path, (testPath) => {
        const request = build(HEADER, [BASE, KEY, field("test_path", testPath)], "{test_path}");
        expect(request.ok ? new URL(request.url).origin : "https://api.example.com").toBe(
          "https://api.example.com",
        );
        const bare = build(
          HEADER,
          [field("base_url", "https://api.example.com"), KEY, field("test_path", testPath)],
          "{test_path}",
        );
        expect(bare.ok ? new URL(bare.url).origin : "https://api.example.com").toBe(
          "https://api.example.com",
        );
      }),
    );
  });
});
