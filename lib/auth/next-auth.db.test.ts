import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import NextAuth, { type NextAuthOptions } from "next-auth";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hashPassword } from "@/lib/crypto/password";
import type { Database } from "@/lib/db/client";
import { uuidv7 } from "@/lib/db/id";
import { seedUser } from "@/test/context";
import { openTestDatabase } from "@/test/database";
import { type IdentityServer, startIdentityServer } from "@/test/identity-server";
import { installationId } from "./installation";
import { postToNextAuth } from "./next-auth-client";
import { nextAuthOptions } from "./next-auth-options";
import { readSessionCookie, seemsSignedIn, sessionCookies } from "./session-cookie";
import { findSessionActor } from "./sessions";
import { parseSetCookie } from "./set-cookie";

const PASSWORD = "canary of a password";
const authSecret = "s".repeat(40);
const origin = { ipAddress: "192.0.2.9", userAgent: "test browser" };

let db: Database;
let app: Server;
let publicUrl: string;
let identity: IdentityServer;
let problems: unknown[] = [];

beforeAll(async () => {
  db = await openTestDatabase();
  app = createServer((request, response) => void answer(request, response));
  await new Promise<void>((ready) => app.listen(0, "127.0.0.1", ready));
  publicUrl = `http://127.0.0.1:${(app.address() as AddressInfo).port}`;
  identity = await startIdentityServer(`${publicUrl}/api/auth/callback/oidc`);
});
afterAll(async () => {
  app.closeAllConnections();
  app.close();
  await identity.close();
  await db.close();
});

function options(): Promise<NextAuthOptions> {
  return nextAuthOptions({
    db,
    env: { publicUrl, authSecret, oidc: identity },
    origin,
    now: () => new Date(),
    onError: (code, error) => problems.push({ code, error }),
  });
}

/** next-auth's routes over real HTTP, as the product's route handler serves them. */
async function answer(request: IncomingMessage, response: ServerResponse) {
  const url = new URL(request.url ?? "/", publicUrl);
  const res = Object.assign(response, {
    status: (code: number) => Object.assign(response, { statusCode: code }),
    send: (body: unknown) => response.end(typeof body === "string" ? body : JSON.stringify(body ?? null)),
    json: (body: unknown) => response.end(JSON.stringify(body)),
  });
  const req = {
    method: request.method,
    headers: request.headers,
    query: { ...Object.fromEntries(url.searchParams), nextauth: url.pathname.split("/").slice(3) },
    cookies: parseCookies(request.headers.cookie ?? ""),
    body: {},
  };
  await (NextAuth as unknown as (req: unknown, res: unknown, options: NextAuthOptions) => Promise<void>)(
    req,
    res,
    await options(),
  );
}

function parseCookies(header: string): Record<string, string> {
  const pairs = header.split("; ").filter(Boolean);
  return Object.fromEntries(
    pairs.map((pair) => {
      const [name = "", value = ""] = pair.split(/=(.*)/s);
      return [name, decodeURIComponent(value)];
    }),
  );
}

async function userWithPassword(active = true) {
  const user = await seedUser(db, "technician");
  const passwordHash = await hashPassword(PASSWORD);
  await db.prisma.user.update({ where: { id: user.id }, data: { passwordHash, isActive: active } });
  return user;
}

async function signInWith(email: string, password: string) {
  const result = await postToNextAuth(await options(), "callback", "credentials", { email, password }, {});
  const cookies = result.setCookies.map(parseSetCookie);
  const { name } = sessionCookies(await installationId(db), publicUrl).sessionToken;
  return { ...result, cookies, name, session: cookies.find((cookie) => cookie.name === name) };
}

describe("signing in with a password through next-auth", () => {
  it("sets an HttpOnly, SameSite=Lax cookie named after the installation whose sid is a living session", async () => {
    const user = await userWithPassword();
    const { session, name, url } = await signInWith(user.label, PASSWORD);
    expect(url.searchParams.get("error")).toBeNull();
    expect(name).toBe(`bifrost-${(await installationId(db)).slice(-12)}.session`);
    expect(session).toMatchObject({ httpOnly: true, sameSite: "lax", path: "/", secure: false });
    const jar = { [name]: session?.value ?? "" };
    const claims = await readSessionCookie(jar, name, authSecret);
    expect(claims).toMatchObject({ userId: user.id });
    expect(await findSessionActor(db, claims?.sid, origin, new Date())).toMatchObject({
      id: user.id,
      origin,
    });
    expect(await seemsSignedIn(jar, authSecret)).toBe(true);
    expect(await seemsSignedIn(jar, "t".repeat(40))).toBe(false);
    expect(await seemsSignedIn({ "another.session": session?.value ?? "" }, authSecret)).toBe(false);
  });

  it("mints another sid at each sign-in", async () => {
    const user = await userWithPassword();
    await signInWith(user.label, PASSWORD);
    await signInWith(user.label, PASSWORD);
    expect(await db.prisma.session.count({ where: { userId: user.id } })).toBe(3);
  });

  it("answers unknown, deactivated and mistaken users alike", async () => {
    const user = await userWithPassword();
    const inactive = await userWithPassword(false);
    const answers = [
      await signInWith(`nobody-${uuidv7()}@example.com`, PASSWORD),
      await signInWith(inactive.label, PASSWORD),
      await signInWith(user.label, "wrong"),
      await signInWith(user.label, "x".repeat(10_000)),
    ];
    for (const { url, session } of answers) {
      expect(url.href).toBe(`${publicUrl}/api/auth/error?error=CredentialsSignin&provider=credentials`);
      expect(session).toBeUndefined();
    }
  });

  it("says how long to wait after too many failures", async () => {
    const user = await userWithPassword();
    for (let failure = 0; failure < 5; failure++) await signInWith(user.label, "wrong");
    const { url } = await signInWith(user.label, PASSWORD);
    expect(url.searchParams.get("error")).toMatch(/^Throttled:(30|[12]\d)$/);
  });

  it("shows nobody why the database failed", async () => {
    problems = [];
    const broken = await nextAuthOptions({
      db: {
        ...db,
        pool: { query: () => Promise.reject(new Error("canary of the database")) },
      } as unknown as Database,
      env: { publicUrl, authSecret, oidc: null },
      origin,
      now: () => new Date(),
      onError: (code, error) => problems.push({ code, error }),
    });
    const { url } = await postToNextAuth(
      broken,
      "callback",
      "credentials",
      { email: "a@b.cd", password: "x" },
      {},
    );
    expect(url.searchParams.get("error")).toBe("Failed");
    expect(problems).toMatchObject([{ code: "SIGN_IN_FAILED" }]);
  });

  it("names cookies __Host- and sets Secure on https", () => {
    const { sessionToken, csrfToken } = sessionCookies(
      "00000000-0000-7000-8000-0123456789ab",
      "https://b.example",
    );
    expect(sessionToken).toMatchObject({
      name: "__Host-bifrost-0123456789ab.session",
      options: { httpOnly: true, sameSite: "lax", secure: true, path: "/" },
    });
    expect(csrfToken.options.secure).toBe(true);
  });
});

describe("next-auth's session route", () => {
  it("knows the session until its row is gone", async () => {
    const user = await userWithPassword();
    const { session, name } = await signInWith(user.label, PASSWORD);
    const ask = async () => {
      const asked = await fetch(`${publicUrl}/api/auth/session`, {
        headers: { cookie: `${name}=${session?.value ?? ""}` },
      });
      return (await asked.json()) as object;
    };
    expect(await ask()).toMatchObject({ user: { name: user.id } });
    await db.prisma.session.deleteMany({ where: { userId: user.id } });
    expect(await ask()).toEqual({});
  });
});

describe("single sign-on", () => {
  /** A browser: keeps cookies, follows redirects, and logs in and consents at the identity server. */
  async function signInAs(account: string) {
    const jar = new Map<string, string>();
    const start = await postToNextAuth(await options(), "signin", "oidc", { callbackUrl: "/settings" }, {});
    for (const { name, value } of start.setCookies.map(parseSetCookie)) jar.set(name, value);
    let url = start.url;
    const asked = new URL(start.url);
    let body: URLSearchParams | undefined;
    for (let hop = 0; hop < 20; hop++) {
      const cookie = [...jar].map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("; ");
      const response = await fetch(url, {
        redirect: "manual",
        headers: { cookie },
        ...(body ? { method: "POST", body } : {}),
      });
      for (const line of response.headers.getSetCookie()) {
        const { name, value } = parseSetCookie(line);
        jar.set(name, value);
      }
      body = undefined;
      const location = response.headers.get("location");
      if (location !== null) {
        url = new URL(location, url);
        if (url.origin === publicUrl && !url.pathname.startsWith("/api/auth/callback")) break;
        continue;
      }
      const page = await response.text();
      const prompt = /name="prompt" value="(\w+)"/.exec(page)?.[1];
      const action = /action="([^"]+)"/.exec(page)?.[1];
      if (!prompt || !action) throw new Error(`No form at ${url.href}: ${page.slice(0, 500)}`);
      url = new URL(action, url);
      body = new URLSearchParams({ prompt, login: account, password: "x" });
    }
    const { name } = sessionCookies(await installationId(db), publicUrl).sessionToken;
    return { landed: url, asked, claims: await readSessionCookie(Object.fromEntries(jar), name, authSecret) };
  }

  function account(claims: { email?: string; email_verified?: boolean }): string {
    const sub = uuidv7();
    identity.accounts.set(sub, { sub, ...claims });
    return sub;
  }

  it("signs in a user that exists, by verified address, with PKCE, state and nonce", async () => {
    const user = await seedUser(db, "viewer");
    const sub = account({ email: user.label.toUpperCase(), email_verified: true });
    const { landed, asked, claims } = await signInAs(sub);
    expect(Object.fromEntries(asked.searchParams)).toMatchObject({
      response_type: "code",
      code_challenge_method: "S256",
      scope: "openid email",
    });
    for (const name of ["state", "nonce", "code_challenge"])
      expect(asked.searchParams.get(name)).toBeTruthy();
    expect(landed.href).toBe(`${publicUrl}/settings`);
    expect(claims?.userId).toBe(user.id);
    expect(await findSessionActor(db, claims?.sid, origin, new Date())).toMatchObject({ id: user.id });
    const event = await db.prisma.auditEvent.findFirstOrThrow({
      where: { action: "user.sign_in", targetId: user.id },
    });
    expect(event.after).toEqual({ method: "single_sign_on" });
  });

  it.each([
    ["an address that the server has not verified", { email_verified: false }],
    ["an address of which it does not say so", {}],
  ])("refuses %s", async (_title, claims) => {
    const user = await seedUser(db, "platform_admin");
    const { landed, claims: session } = await signInAs(account({ email: user.label, ...claims }));
    expect(landed.searchParams.get("error")).toBe("AccessDenied");
    expect(session).toBeNull();
    expect(await db.prisma.session.count({ where: { userId: user.id } })).toBe(1);
  });

  it("refuses an unknown user, and creates none", async () => {
    const before = await db.prisma.user.count();
    const { landed, claims } = await signInAs(
      account({ email: `nobody-${uuidv7()}@example.com`, email_verified: true }),
    );
    expect(landed.searchParams.get("error")).toBe("AccessDenied");
    expect(claims).toBeNull();
    expect(await db.prisma.user.count()).toBe(before);
  });

  it("refuses a deactivated user", async () => {
    const user = await seedUser(db, "viewer");
    await db.prisma.user.update({ where: { id: user.id }, data: { isActive: false } });
    const { landed, claims } = await signInAs(account({ email: user.label, email_verified: true }));
    expect(landed.searchParams.get("error")).toBe("AccessDenied");
    expect(claims).toBeNull();
  });

  it("refuses somebody without an address", async () => {
    const { landed, claims } = await signInAs(account({}));
    expect(landed.searchParams.get("error")).toBe("AccessDenied");
    expect(claims).toBeNull();
  });

  it("refuses an answer that this browser did not ask for", async () => {
    const response = await fetch(`${publicUrl}/api/auth/callback/oidc?code=injected&state=forged`, {
      redirect: "manual",
    });
    expect(response.headers.get("location")).toContain("error=OAuthCallback");
    expect(response.headers.getSetCookie().join()).not.toContain(".session=ey");
  });
});
