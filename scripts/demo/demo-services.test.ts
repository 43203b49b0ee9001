import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createGuardedFetch } from "@/lib/egress/guarded-fetch";
import { buildAuthorizationUrl } from "@/lib/oauth/authorization";
import { exchangeCode, refreshTokens } from "@/lib/oauth/token-requests";
import type { OAuthClientSettings, TokenAnswer } from "@/lib/oauth/types";
import { consentAt } from "@/test/oauth-service/consent";
import { settingsFor } from "@/test/oauth-service/settings";
import { DEMO_CLIENT, startDemoServices, type DemoServices } from "./demo-services";
import { DEMO_PASSWORD } from "./directory";

const io = { fetch: createGuardedFetch({ allowLoopback: true, allow: [] }) };
const REDIRECT_URI = "http://localhost:3000/oauth/callback/Microsoft_Graph";
let folder: string;
let services: DemoServices;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "bifrost-demo-"));
  services = await startDemoServices({ dataDirectory: folder });
  await services.oauth.addClient({ ...DEMO_CLIENT, redirectUris: [REDIRECT_URI] });
});
afterAll(async () => {
  await services.close();
  await rm(folder, { recursive: true });
});

function settings(
  { oauth }: DemoServices,
  scopes = ["offline_access", "Directory.Read.All"],
): OAuthClientSettings {
  return {
    ...settingsFor(oauth.origin, { ...DEMO_CLIENT, scopes }),
    authorizationUrl: oauth.url("authorization"),
    tokenUrl: oauth.url("token"),
  };
}

async function connect(scopes?: string[]): Promise<TokenAnswer> {
  const request = { redirectUri: REDIRECT_URI, state: "state", codeVerifier: null };
  const url = await buildAuthorizationUrl(settings(services, scopes), request);
  const callbackUrl = await consentAt(url, { email: "ada@contoso.example" });
  return await exchangeCode(settings(services, scopes), { ...request, callbackUrl }, io);
}

async function ask(path: string, token?: string): Promise<{ status: number; body: unknown }> {
  const headers = token === undefined ? undefined : { authorization: `Bearer ${token}` };
  const response = await fetch(services.usersApi.origin + path, { headers });
  return { status: response.status, body: await response.json() };
}

describe("the users API", () => {
  it("gives the users of the token's tenant, and nobody anything without a token", async () => {
    const { accessToken } = await connect();
    expect(await ask("/v1.0/users", accessToken)).toMatchObject({
      status: 200,
      body: { value: [{ mail: "ada@contoso.example" }, { mail: "grace@contoso.example" }] },
    });
    expect(await ask("/v1.0/me", accessToken)).toMatchObject({
      status: 200,
      body: { displayName: "Ada Lovelace" },
    });
    expect(await ask("/v1.0/organization", accessToken)).toMatchObject({
      body: { value: [{ id: "contoso.example" }] },
    });
    expect((await ask("/v1.0/nothing", accessToken)).status).toBe(404);
    for (const token of [undefined, "made-up", `${accessToken}x`]) {
      expect(await ask("/v1.0/users", token)).toMatchObject({
        status: 401,
        body: { error: { code: "InvalidAuthenticationToken" } },
      });
    }
  });

  it("refuses a token without the permission, and one that has expired", async () => {
    const { accessToken } = await connect(["User.Read"]);
    expect((await ask("/v1.0/users", accessToken)).status).toBe(403);
    services.oauth.settings.accessTokenSeconds = 1;
    const brief = await connect();
    services.oauth.settings.accessTokenSeconds = 3_600;
    await expect.poll(async () => (await ask("/v1.0/users", brief.accessToken)).status).toBe(401);
  });
});

describe("the sign-in page", () => {
  it("takes an email and the password it shows, and says when they do not fit", async () => {
    const url = await buildAuthorizationUrl(settings(services), {
      redirectUri: REDIRECT_URI,
      state: "s",
      codeVerifier: null,
    });
    const first = await fetch(url, { redirect: "manual" });
    const cookie = first.headers
      .getSetCookie()
      .map((each) => each.split(";")[0])
      .join("; ");
    const page = new URL(first.headers.get("location") ?? "", url);
    expect(await (await fetch(page, { headers: { cookie } })).text()).toContain(DEMO_PASSWORD);
    const submit = (password: string) => {
      const body = new URLSearchParams({ email: "Grace@contoso.example ", password });
      return fetch(page, { method: "POST", body, headers: { cookie }, redirect: "manual" });
    };
    expect(await (await submit("<wrong>")).text()).toContain("No account here has this email and password.");
    expect((await submit(DEMO_PASSWORD)).status).toBe(303);
  });

  it("says what is wrong instead of failing: no session, an unknown application, another redirect URI, an unknown tenant", async () => {
    const open = async (url: string) => (await fetch(url, { redirect: "manual" })).text();
    const authorize = services.oauth.url("authorization");
    expect(await open(`${services.oauth.origin}/interaction/unknown`)).toContain("Start again");
    expect(await open(`${authorize}?client_id=unknown&response_type=code`)).toContain("invalid_client");
    const foreign = `client_id=${DEMO_CLIENT.clientId}&response_type=code&redirect_uri=http://evil.example/`;
    expect(await open(`${authorize}?${foreign}`)).toContain("redirect_uri");
    expect(await open(services.oauth.url("authorization", "nowhere.example"))).toContain("AADSTS90002");
  });
});

describe("the service", () => {
  it("remembers a grant across a restart, in a file that only its owner reads", async () => {
    const { refreshToken } = await connect();
    const file = join(folder, "demo-service.json");
    await expect.poll(() => readFile(file, "utf8")).toContain(refreshToken);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const again = await startDemoServices({ dataDirectory: folder });
    const answer = await refreshTokens(settings(again), refreshToken ?? "", io);
    expect(answer.accessToken).toEqual(expect.any(String));
    await again.close();
  });

  it("takes every redirect URI below a registered prefix, and no other", async () => {
    const redirectPrefix = "http://localhost:3000/oauth/callback/";
    await services.oauth.addClient({ ...DEMO_CLIENT, clientId: "prefixed", redirectPrefix });
    const authorize = services.oauth.url("authorization");
    const statusFor = async (redirectUri: string) => {
      const query = { client_id: "prefixed", response_type: "code", redirect_uri: redirectUri };
      return (await fetch(`${authorize}?${new URLSearchParams(query)}`, { redirect: "manual" })).status;
    };
    expect(await statusFor(`${redirectPrefix}Microsoft_Graph-2`)).toBe(303);
    expect(await statusFor("http://localhost:3001/oauth/callback/Microsoft_Graph")).toBe(400);
  });

  it("rotates refresh tokens where a test wants it, and kills the grant of one used twice", async () => {
    services.oauth.settings.rotateRefreshTokens = true;
    const { refreshToken: first } = await connect();
    const { refreshToken: second } = await refreshTokens(settings(services), first ?? "", io);
    expect(second).not.toBe(first);
    await expect(refreshTokens(settings(services), first ?? "", io)).rejects.toMatchObject({
      code: "invalid_grant",
    });
    await expect(refreshTokens(settings(services), second ?? "", io)).rejects.toMatchObject({
      code: "invalid_grant",
    });
    services.oauth.settings.rotateRefreshTokens = false;
  });

  it("takes another port when the preferred one is in use", async () => {
    const occupant = createServer();
    await new Promise<void>((resolve) => occupant.listen(0, "127.0.0.1", resolve));
    const { port } = occupant.address() as AddressInfo;
    const elsewhere = await startDemoServices({ preferredPort: port });
    expect(new URL(elsewhere.oauth.origin).port).not.toBe(String(port));
    await elsewhere.close();
    occupant.close();
  });
});
