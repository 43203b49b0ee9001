import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import {
  contentSecurityPolicy,
  securityHeaders,
  SONNER_STYLE_HASH,
  type AnswerFacts,
} from "./security-headers.ts";

const facts: AnswerFacts = { nonce: "abc", pathname: "/settings", https: true, development: false };

function directive(policy: string, name: string): string[] {
  const found = policy.split("; ").find((part) => part.split(" ")[0] === name);
  return found?.split(" ").slice(1) ?? [];
}

describe("the content security policy", () => {
  it("runs scripts by nonce alone", () => {
    expect(directive(contentSecurityPolicy(facts), "script-src")).toEqual([
      "'self'",
      "'nonce-abc'",
      "'strict-dynamic'",
    ]);
  });

  it("allows no inline style elements but by nonce or hash", () => {
    expect(directive(contentSecurityPolicy(facts), "style-src")).not.toContain("'unsafe-inline'");
  });

  it.each([
    ["object-src", "'none'"],
    ["base-uri", "'none'"],
    ["frame-ancestors", "'none'"],
    ["form-action", "'self'"],
    ["connect-src", "'self'"],
    ["default-src", "'self'"],
  ])("sets %s to %s", (name, value) => {
    expect(directive(contentSecurityPolicy(facts), name)).toEqual([value]);
  });

  it("allows eval while developing only", () => {
    expect(contentSecurityPolicy(facts)).not.toContain("unsafe-eval");
    expect(contentSecurityPolicy({ ...facts, development: true })).toContain("unsafe-eval");
  });

  it("knows the stylesheet of the installed toaster", () => {
    const source = readFileSync(
      createRequire(import.meta.url)
        .resolve("sonner")
        .replace(/\.js$/, ".mjs"),
      "utf8",
    );
    const css: unknown = JSON.parse(/__insertCSS\(("(?:[^"\\]|\\.)*")\)/.exec(source)?.[1] ?? "null");
    expect(typeof css).toBe("string");
    expect(`'sha256-${createHash("sha256").update(String(css)).digest("base64")}'`).toBe(SONNER_STYLE_HASH);
  });
});

describe("the other headers", () => {
  it("forbid sniffing, framing and sharing", () => {
    expect(securityHeaders(facts)).toMatchObject({
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      "cross-origin-opener-policy": "same-origin",
    });
  });

  it.each([
    ["/oauth/callback/microsoft_graph", "no-referrer"],
    ["/setup/some-token", "same-origin"],
    ["/settings/integrations", "strict-origin-when-cross-origin"],
    ["/setups", "strict-origin-when-cross-origin"],
  ])("give %s the referrer policy %s", (pathname, policy) => {
    expect(securityHeaders({ ...facts, pathname })["referrer-policy"]).toBe(policy);
  });

  it("demand https on https alone", () => {
    expect(securityHeaders(facts)["strict-transport-security"]).toContain("max-age=");
    expect(securityHeaders({ ...facts, https: false })["strict-transport-security"]).toBeUndefined();
  });
});
