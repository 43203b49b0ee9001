import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { resolveParams } from "./params";
import { listPlaceholders, resolveUrlTemplate } from "./templates";

const MICROSOFT = "https://login.microsoftonline.com/{entity_id}/oauth2/v2.0/token";

function outcome(
  template: string,
  values: Record<string, string | null | undefined>,
  hosts?: string[],
): string {
  const result = resolveUrlTemplate(template, values, { allowedHostSuffixes: hosts });
  return result.ok ? result.url : `${result.reason} ${result.placeholder}`;
}

describe("a value in a path or query", () => {
  it.each([
    ["common", "https://login.microsoftonline.com/common/oauth2/v2.0/token"],
    ["contoso.example", "https://login.microsoftonline.com/contoso.example/oauth2/v2.0/token"],
    ["a/b", "https://login.microsoftonline.com/a%2Fb/oauth2/v2.0/token"],
    ["../../evil", "https://login.microsoftonline.com/..%2F..%2Fevil/oauth2/v2.0/token"],
    ["a?b#c&d=e", "https://login.microsoftonline.com/a%3Fb%23c%26d%3De/oauth2/v2.0/token"],
    ["a\\b", "https://login.microsoftonline.com/a%5Cb/oauth2/v2.0/token"],
    ["%2e%2e", "https://login.microsoftonline.com/%252e%252e/oauth2/v2.0/token"],
    ["@evil.example", "https://login.microsoftonline.com/%40evil.example/oauth2/v2.0/token"],
  ])("%j is encoded as one component", (value, url) =>
    expect(outcome(MICROSOFT, { entity_id: value })).toBe(url),
  );

  it.each([
    ["", "empty entity_id"],
    [".", "bad_component entity_id"],
    ["..", "bad_component entity_id"],
    ["a\nb", "bad_component entity_id"],
    ["\ud800", "bad_component entity_id"],
    [null, "unresolved entity_id"],
    [undefined, "unresolved entity_id"],
  ])("%j is refused: %s", (value, result) => expect(outcome(MICROSOFT, { entity_id: value })).toBe(result));

  it("stays one component whatever it is, and never changes the origin or the number of segments", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string(), (inPath, inQuery) => {
        const template = "https://api.example.com/{a}/token?tenant={b}&x=1";
        const result = resolveUrlTemplate(template, { a: inPath, b: inQuery });
        if (!result.ok) return;
        const url = new URL(result.url);
        expect(url.origin).toBe("https://api.example.com");
        expect(url.pathname.split("/")).toHaveLength(3);
        expect(decodeURIComponent(url.pathname.split("/")[1] ?? "")).toBe(inPath);
        expect([...url.searchParams]).toEqual([
          ["tenant", inQuery],
          ["x", "1"],
        ]);
        expect(url.hash).toBe("");
      }),
    );
  });
});

describe("a value in a host", () => {
  it.each([
    ["https://{shop}.myshopify.com/token", "contoso", "https://contoso.myshopify.com/token"],
    ["https://{shop}.myshopify.com/token", "eu.contoso", "https://eu.contoso.myshopify.com/token"],
    ["https://{shop}-eu.halopsa.com:8443/token", "contoso", "https://contoso-eu.halopsa.com:8443/token"],
    ["https://api.{region}.example.co.uk/", "eu", "https://api.eu.example.co.uk/"],
  ])("%s takes %s", (template, shop, url) => expect(outcome(template, { shop, region: shop })).toBe(url));

  it.each([
    "evil.example/",
    "evil.example#",
    "evil.example?",
    "a@b",
    "a:1",
    "-a",
    "a-",
    "a..b",
    ".a",
    "a.",
    "a b",
    "ä",
    "a_b",
    "%2e",
    "a\\b",
    "[::1]",
  ])("may not be %j", (shop) =>
    expect(outcome("https://{shop}.myshopify.com/token", { shop })).toBe("bad_host_label shop"),
  );

  it.each([
    "https://{shop}/token",
    "https://{shop}.com/token",
    "https://{shop}.co.uk/token",
    "https://{shop}com/token",
    "https://{shop}example.com/token",
    "https://login.example.com.{shop}/token",
    "https://{shop}.0.0.1/token",
    "https://{shop}.0x7f.1/token",
    "https://a.{shop}.corp/token",
  ])("needs a whole literal domain behind it: %s", (template) => {
    expect(outcome(template, { shop: "evil" })).toBe("forbidden_position shop");
  });

  it("may be the whole host where a platform admin listed it", () => {
    const hosts = ["halopsa.com"];
    expect(outcome("https://{host}/token", { host: "contoso.halopsa.com" }, hosts)).toBe(
      "https://contoso.halopsa.com/token",
    );
    expect(outcome("https://{host}/token", { host: "halopsa.com" }, hosts)).toBe("https://halopsa.com/token");
    expect(outcome("https://{host}/token", { host: "evilhalopsa.com" }, hosts)).toBe(
      "forbidden_position host",
    );
    expect(outcome("https://{host}/token", { host: "halopsa.com.evil.example" }, hosts)).toBe(
      "forbidden_position host",
    );
    expect(outcome("https://{host}/token", { host: "evil.example" }, ["", "."])).toBe(
      "forbidden_position host",
    );
  });

  it("never leads outside the literal domain, whatever it is", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.domain(), fc.ipV4()), (shop) => {
        const result = resolveUrlTemplate("https://{shop}.myshopify.com/token", { shop });
        if (result.ok) expect(new URL(result.url).hostname).toMatch(/\.myshopify\.com$/);
      }),
    );
  });
});

describe("a template", () => {
  it.each([
    ["{scheme}://example.com/", "forbidden_position scheme"],
    ["https://{user}@example.com/", "forbidden_position user"],
    ["https://user:{pass}@example.com/", "forbidden_position pass"],
    ["https://example.com:{port}/", "forbidden_position port"],
    ["https://example.com/#{fragment}", "forbidden_position fragment"],
    ["https://user:pass@example.com/", "invalid_url null"],
    ["https://example.com\\@evil.example/{x}", "invalid_url null"],
    ["https://example.com/ {x}", "invalid_url null"],
    ["https://example.com/{x", "invalid_url null"],
    ["https://example.com/x}", "invalid_url null"],
    ["https://example.com/{{x}}", "invalid_url null"],
    ["{base_url}/token", "forbidden_position base_url"],
    ["", "invalid_url null"],
    ["/token", "invalid_url null"],
    ["https://example.com/{Tenant}", "unresolved Tenant"],
    ["https://example.com/{}", "unresolved "],
    ["https://example.com/{constructor}", "unresolved constructor"],
    ["https://example.com/{__proto__}", "unresolved __proto__"],
  ])("%s is refused: %s", (template, result) => {
    const values = {
      scheme: "https",
      user: "u",
      pass: "p",
      port: "1",
      fragment: "f",
      x: "x",
      base_url: "https://a.example",
    };
    expect(outcome(template, values)).toBe(result);
  });

  it("without placeholders is the URL that it is", () => {
    expect(outcome("https://example.com/token?a=b", {})).toBe("https://example.com/token?a=b");
    expect(outcome("http://127.0.0.1:4000/token", {})).toBe("http://127.0.0.1:4000/token");
    expect(outcome("http://[::1]:4000/{x}", { x: "y" })).toBe("http://[::1]:4000/y");
  });

  it("says which placeholder has no value", () => {
    const result = resolveUrlTemplate(MICROSOFT, {});
    expect(result.ok ? "" : result.message).toContain("{entity_id}");
  });

  it("lists its placeholders once each, in order", () => {
    expect(listPlaceholders("https://{b}.example.com/{a}/{b}?c={c}")).toEqual(["b", "a", "c"]);
  });
});

describe("extra parameters", () => {
  it("get their values as they are, to be encoded where the request is built", () => {
    expect(resolveParams({ resource: "https://{host}/api", prompt: "consent" }, { host: "a&b" })).toEqual({
      ok: true,
      params: { resource: "https://a&b/api", prompt: "consent" },
    });
  });

  it.each([[{}], [{ host: "" }], [{ host: null }], [{ host: "a\r\nb" }]])(
    "without a usable value (%j) name what is missing",
    (values) => {
      expect(resolveParams({ resource: "{host}" }, values)).toMatchObject({ ok: false, placeholder: "host" });
    },
  );
});
