import { encode } from "next-auth/jwt";
import { NextRequest } from "next/server";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { proxy } from "@/proxy";

const publicUrl = "https://bifrost.example.com";
const secret = "s".repeat(40);
const cookieName = "__Host-bifrost-0123456789ab.session";
let cookie: string;

beforeAll(async () => {
  vi.stubEnv("DATABASE_URL", "postgresql://nobody:nothing@127.0.0.1:1/none");
  vi.stubEnv("BIFROST_ENCRYPTION_KEYS", `k1:${Buffer.alloc(32, 1).toString("base64")}`);
  vi.stubEnv("AUTH_SECRET", secret);
  vi.stubEnv("BIFROST_URL", publicUrl);
  const sid = "018f0000-0000-7000-8000-000000000000";
  cookie = `${cookieName}=${await encode({ token: { sub: sid, sid }, secret })}`;
});

function ask(path: string, headers: Record<string, string> = {}, method = "GET") {
  return proxy(new NextRequest(`${publicUrl}${path}`, { method, headers }));
}

/** What Next will see of a header of the request. */
const forwarded = (answer: Response, name: string) => answer.headers.get(`x-middleware-request-${name}`);

describe("a screen", () => {
  it.each(["/settings/integrations?status=active&q=a%26b", "/account"])(
    "sends somebody signed out from %s to the sign-in page and back",
    async (path) => {
      const answer = await ask(path);
      expect(answer.status).toBe(307);
      expect(answer.headers.get("location")).toBe(`${publicUrl}/sign-in?next=${encodeURIComponent(path)}`);
    },
  );

  it.each([
    [
      "a cookie of another secret",
      async () => `${cookieName}=${await encode({ token: { sid: "x" }, secret: "t".repeat(40) })}`,
    ],
    ["a cookie that is no JWT", async () => `${cookieName}=nonsense`],
    ["a JWT under another name", async () => cookie.replace(cookieName, "session")],
    [
      "an expired JWT",
      async () => `${cookieName}=${await encode({ token: { sub: "a", sid: "b" }, secret, maxAge: -60 })}`,
    ],
  ])("takes %s for signed out", async (_title, make) => {
    expect((await ask("/account", { cookie: await make() })).status).toBe(307);
  });

  it("is served to somebody signed in, with its path for the way back", async () => {
    const answer = await ask("/account?x=1", { cookie, "x-bifrost-path": "/forged", "x-nonce": "forged" });
    expect(answer.headers.get("x-middleware-next")).toBe("1");
    expect(forwarded(answer, "x-bifrost-path")).toBe("/account?x=1");
    expect(forwarded(answer, "x-nonce")).not.toBe("forged");
  });
});

it.each([
  "/sign-in",
  "/setup/token",
  "/oauth/callback/github?code=c&state=s",
  "/oauth/refused",
  "/api/integrations",
])("%s answers people who are not signed in by itself", async (path) => {
  expect((await ask(path)).headers.get("x-middleware-next")).toBe("1");
});

describe("the policy", () => {
  it("has a nonce of its own in each answer, the one that Next is told", async () => {
    const [first, second] = [await ask("/sign-in"), await ask("/sign-in")];
    const policy = first.headers.get("content-security-policy");
    expect(policy).toContain(`'nonce-${forwarded(first, "x-nonce")}'`);
    expect(forwarded(first, "content-security-policy")).toBe(policy);
    expect(policy).not.toBe(second.headers.get("content-security-policy"));
  });

  it("comes with every answer, redirects and refusals too", async () => {
    for (const answer of [await ask("/account"), await ask("/account", {}, "POST"), await ask("/sign-in")]) {
      expect(answer.headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
      expect(answer.headers.get("strict-transport-security")).toBeTruthy();
      expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
    }
  });
});

describe("a request that changes something", () => {
  it.each(["POST", "PUT", "PATCH", "DELETE"])("is refused as a %s from another site", async (method) => {
    const strangers: Record<string, string>[] = [
      { origin: "https://evil.example" },
      { "sec-fetch-site": "cross-site" },
      {},
    ];
    for (const headers of strangers) {
      expect((await ask("/api/x", { cookie, ...headers }, method)).status).toBe(403);
    }
  });

  it("passes from a page of ours", async () => {
    const answer = await ask("/account", { cookie, origin: publicUrl }, "POST");
    expect(answer.headers.get("x-middleware-next")).toBe("1");
  });

  it("goes to the sign-in page as a GET when the session is over", async () => {
    expect((await ask("/account", { origin: publicUrl }, "POST")).status).toBe(303);
  });

  it("reaches its server action, which redirects by itself, when the session is over", async () => {
    const answer = await ask("/account", { origin: publicUrl, "next-action": "abc" }, "POST");
    expect(answer.headers.get("x-middleware-next")).toBe("1");
    expect((await ask("/account", { "next-action": "abc" })).status).toBe(307);
  });
});
