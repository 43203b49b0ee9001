import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

import { describe, expect, test } from "vitest";

import { readEnv, SettingError } from "@/lib/env";

const SECRET = "canary-that-no-message-may-show";
const minimal = {
  DATABASE_URL: "postgresql://bifrost:pw@127.0.0.1:5432/bifrost",
  BIFROST_ENCRYPTION_KEYS: `k1:${Buffer.alloc(32, 7).toString("base64")}`,
  AUTH_SECRET: "x".repeat(32),
};

describe("defaults", () => {
  test("are those of the documentation", () => {
    expect(readEnv(minimal)).toMatchObject({
      port: 3000,
      host: "127.0.0.1",
      publicUrl: "http://localhost:3000",
      dataDir: resolve(".bifrost"),
      databaseEmbedded: false,
      oidc: null,
      egressAllow: [],
      apiRateLimitPerSecond: 1000,
      logLevel: "info",
    });
  });

  test("the public address follows the port", () => {
    expect(readEnv({ ...minimal, PORT: "4100" }).publicUrl).toBe("http://localhost:4100");
  });

  test("a variable set to nothing counts as not set", () => {
    expect(readEnv({ ...minimal, PORT: "", BIFROST_URL: " ", BIFROST_OIDC_ISSUER: "" }).port).toBe(3000);
  });
});

test("every setting is named in .env.example", () => {
  const source = readFileSync(join(import.meta.dirname, "env.ts"), "utf8");
  const names = [...source.matchAll(/^ {2}([A-Z][A-Z_]+):/gm)].map(([, name]) => name);
  expect(names).toContain("BIFROST_API_RATE_LIMIT");
  const example = readFileSync(join(import.meta.dirname, "../.env.example"), "utf8");
  expect(names.filter((name) => !new RegExp(`\\b${name}\\b`).test(example))).toEqual([]);
});

describe("the public address", () => {
  test("is normalised to an origin without a trailing slash", () => {
    expect(readEnv({ ...minimal, BIFROST_URL: "HTTPS://Bifrost.Example.com:443/" }).publicUrl).toBe(
      "https://bifrost.example.com",
    );
  });
});

describe("development on this machine alone", () => {
  const embedded = { ...minimal, BIFROST_EMBEDDED_DATABASE: "1" };
  test.each([
    ["the embedded database, bound to and known as loopback", embedded, true],
    ["another database", minimal, false],
    ["bound to every interface", { ...embedded, HOST: "0.0.0.0" }, false],
    ["known by a public name", { ...embedded, BIFROST_URL: "https://bifrost.example.com" }, false],
    ["IPv6 loopback", { ...embedded, HOST: "::1", BIFROST_URL: "http://[::1]:3000" }, true],
    ["a name that begins like loopback", { ...embedded, BIFROST_URL: "http://127.0.0.1.example.com" }, false],
  ])("%s", (_title, source, expected) => {
    expect(readEnv(source).loopbackDevelopment).toBe(expected);
  });
});

describe("a wrong setting is one line that names it and echoes no secret", () => {
  test.each([
    ["PORT", { PORT: "70000" }],
    ["PORT", { PORT: "3e3" }],
    ["HOST", { HOST: "not a host" }],
    ["BIFROST_URL", { BIFROST_URL: "https://example.com/bifrost" }],
    ["BIFROST_URL", { BIFROST_URL: "ftp://example.com" }],
    ["BIFROST_URL", { BIFROST_URL: `https://user:${SECRET}@example.com` }],
    ["DATABASE_URL", { DATABASE_URL: undefined }],
    ["DATABASE_URL", { DATABASE_URL: `mysql://root:${SECRET}@host/db` }],
    ["BIFROST_ENCRYPTION_KEYS", { BIFROST_ENCRYPTION_KEYS: undefined }],
    ["AUTH_SECRET", { AUTH_SECRET: undefined }],
    ["AUTH_SECRET", { AUTH_SECRET: SECRET.slice(0, 8) }],
    ["BIFROST_ADMIN_EMAIL", { BIFROST_ADMIN_EMAIL: "nobody", BIFROST_ADMIN_PASSWORD: SECRET }],
    ["BIFROST_ADMIN_PASSWORD", { BIFROST_ADMIN_EMAIL: "a@example.com" }],
    [
      "BIFROST_OIDC_CLIENT_SECRET",
      { BIFROST_OIDC_ISSUER: "https://id.example.com", BIFROST_OIDC_CLIENT_ID: "x" },
    ],
    ["BIFROST_OIDC_ISSUER", { BIFROST_OIDC_ISSUER: "id.example.com" }],
    ["BIFROST_EGRESS_ALLOW", { BIFROST_EGRESS_ALLOW: "erp.local, https://erp.local" }],
    ["BIFROST_EGRESS_ALLOW", { BIFROST_EGRESS_ALLOW: "10.0.0.0/33" }],
    ["BIFROST_EGRESS_ALLOW", { BIFROST_EGRESS_ALLOW: "erp.local:0" }],
    ["BIFROST_EGRESS_ALLOW", { BIFROST_EGRESS_ALLOW: "erp..local" }],
    ["BIFROST_TRUSTED_PROXIES", { BIFROST_TRUSTED_PROXIES: "proxy.local" }],
    ["BIFROST_API_RATE_LIMIT", { BIFROST_API_RATE_LIMIT: "-1" }],
    ["BIFROST_LOG_LEVEL", { BIFROST_LOG_LEVEL: "loud" }],
  ])("%s", (name, wrong) => {
    const failure = catchError(() => readEnv({ ...minimal, ...wrong }));
    expect(failure).toBeInstanceOf(SettingError);
    expect(failure.message).toContain(name);
    expect(failure.message).not.toContain("\n");
    expect(failure.message).not.toContain(SECRET.slice(0, 8));
  });
});

test("reads hosts, ports and address ranges that may be reached although private", () => {
  const list = "erp.local, 10.0.0.5:8443 10.1.0.0/16,fd00::/8,[fd00::1]:443";
  expect(readEnv({ ...minimal, BIFROST_EGRESS_ALLOW: list }).egressAllow).toEqual([
    "erp.local",
    "10.0.0.5:8443",
    "10.1.0.0/16",
    "fd00::/8",
    "[fd00::1]:443",
  ]);
});

function catchError(run: () => unknown): Error {
  try {
    run();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error("expected an error");
}
