import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createGuardedFetch } from "@/lib/egress/guarded-fetch";
import { PLAIN_TOKENS, startFaultyService, type FaultyService } from "@/test/oauth-service/faulty-service";
import { settingsFor } from "@/test/oauth-service/settings";
import { buildAuthorizationUrl } from "./authorization";
import { readCallbackError } from "./callback";
import { OAuthServiceError } from "./oauth-error";
import { createPkce, createState } from "./pkce";
import { revokeTokens } from "./revoke";
import { testRequest } from "./test-request";
import { exchangeCode, refreshTokens, requestClientCredentials } from "./token-requests";
import type { OAuthClientSettings } from "./types";

const io = { fetch: createGuardedFetch({ allowLoopback: true, allow: [] }) };
const REDIRECT_URI = "http://localhost:3000/oauth/callback/Slack";
let service: FaultyService;

beforeAll(async () => (service = await startFaultyService()));
afterAll(() => service.close());
beforeEach(() => (service.requests.length = 0));

const settings = (changes: Partial<OAuthClientSettings> = {}) => settingsFor(service.origin, changes);

describe("the authorization URL", () => {
  const request = { redirectUri: REDIRECT_URI, state: "the-state", codeVerifier: "v".repeat(43) };

  it("carries what RFC 6749 and RFC 7636 ask for", async () => {
    const url = new URL(await buildAuthorizationUrl(settings(), request));
    expect(url.origin + url.pathname).toBe(`${service.origin}/authorize`);
    expect(Object.fromEntries(url.searchParams)).toEqual({
      response_type: "code",
      client_id: "client-1",
      redirect_uri: REDIRECT_URI,
      scope: "offline_access Directory.Read.All",
      state: "the-state",
      code_challenge: expect.stringMatching(/^[\w-]{43}$/) as string,
      code_challenge_method: "S256",
    });
    expect(url.search).not.toContain("+");
  });

  it("keeps its own query string and takes audience, extra parameters and commas between OAuth scopes", async () => {
    const changes = {
      authorizationUrl: `${service.origin}/authorize?tenant=a%2Bb&prompt=none&prompt=login#top`,
      audience: "https://api.example.com",
      scopeSeparator: ",",
      authorizationParams: { prompt: "consent", access_type: "offline" },
    } as const;
    const url = new URL(await buildAuthorizationUrl(settings(changes), { ...request, codeVerifier: null }));
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      tenant: "a+b",
      audience: "https://api.example.com",
      scope: "offline_access,Directory.Read.All",
      access_type: "offline",
    });
    expect(url.searchParams.getAll("prompt")).toEqual(["consent"]);
    expect(url.searchParams.has("code_challenge")).toBe(false);
    expect(url.hash).toBe("");
  });

  it("lets neither extra parameters nor its own query set ours", async () => {
    const foreign = {
      state: "x",
      redirect_uri: "https://evil.example",
      response_mode: "form_post",
      Client_ID: "x",
      request_uri: "x",
    };
    const own = new URLSearchParams(foreign).toString();
    const changes = { authorizationUrl: `${service.origin}/authorize?${own}`, authorizationParams: foreign };
    const url = new URL(await buildAuthorizationUrl(settings(changes), request));
    expect(url.searchParams.getAll("state")).toEqual(["the-state"]);
    expect(url.searchParams.getAll("redirect_uri")).toEqual([REDIRECT_URI]);
    for (const name of ["response_mode", "Client_ID", "request_uri"])
      expect(url.searchParams.has(name)).toBe(false);
  });

  it("keeps the audience and the scopes that its own query has, where their fields are blank", async () => {
    const authorizationUrl = `${service.origin}/authorize?audience=api.example.com&scope=users%3Aread`;
    const blank = new URL(await buildAuthorizationUrl(settings({ authorizationUrl, scopes: [] }), request));
    expect(Object.fromEntries(blank.searchParams)).toMatchObject({
      audience: "api.example.com",
      scope: "users:read",
    });
    const changes = { authorizationUrl, audience: "https://other.example.com" };
    const filled = new URL(await buildAuthorizationUrl(settings(changes), request));
    expect(filled.searchParams.getAll("audience")).toEqual(["https://other.example.com"]);
    expect(filled.searchParams.getAll("scope")).toEqual(["offline_access Directory.Read.All"]);
  });

  it("has no scope where none is asked for", async () => {
    const url = new URL(await buildAuthorizationUrl(settings({ scopes: [] }), request));
    expect(url.searchParams.has("scope")).toBe(false);
  });

  it("is refused to a public client without PKCE, and without an Authorization URL", async () => {
    const withoutPkce = { ...request, codeVerifier: null };
    await expect(
      buildAuthorizationUrl(settings({ tokenEndpointAuthMethod: "none" }), withoutPkce),
    ).rejects.toMatchObject({ kind: "unsent" });
    await expect(buildAuthorizationUrl(settings({ authorizationUrl: null }), request)).rejects.toMatchObject({
      kind: "unsent",
    });
  });

  it("is made with a fresh state and code verifier of 256 bit each", () => {
    const made = Array.from({ length: 100 }, () => [createState(), createPkce().codeVerifier]).flat();
    expect(new Set(made).size).toBe(200);
    expect(made.every((text) => Buffer.from(text, "base64url").length === 32)).toBe(true);
  });
});

describe("the token request", () => {
  const secret = "p:ä %+&=";
  const raw = Buffer.from(`client-1:${secret}`).toString("base64");

  it.each([
    ["client_secret_post", { client_id: "client-1", client_secret: secret }, undefined],
    ["client_secret_basic_raw", {}, `Basic ${raw}`],
    [
      "client_secret_basic",
      {},
      `Basic ${Buffer.from("client%2D1:p%3A%C3%A4+%25%2B%26%3D").toString("base64")}`,
    ],
    ["none", { client_id: "client-1" }, undefined],
  ] as const)("authenticates by %s", async (tokenEndpointAuthMethod, params, authorization) => {
    await refreshTokens(settings({ tokenEndpointAuthMethod, clientSecret: secret }), "r-1", io);
    expect(service.requests[0]?.params).toEqual({
      grant_type: "refresh_token",
      refresh_token: "r-1",
      ...params,
    });
    expect(service.requests[0]?.headers.authorization).toBe(authorization);
  });

  it("may be JSON, with audience and extra parameters, as Pax8 wants it", async () => {
    const changes: Partial<OAuthClientSettings> = {
      tokenRequestFormat: "json",
      audience: "api://p8p.client",
      tokenParams: { resource: "r" },
      scopes: [],
    };
    await requestClientCredentials(settings(changes), io);
    expect(service.requests[0]?.headers["content-type"]).toBe("application/json");
    expect(JSON.parse(service.requests[0]?.body ?? "")).toEqual({
      grant_type: "client_credentials",
      client_id: "client-1",
      client_secret: "client-secret-canary",
      audience: "api://p8p.client",
      resource: "r",
    });
  });

  it("names the OAuth scopes on refresh only where the service wants them", async () => {
    await refreshTokens(settings(), "r", io);
    await refreshTokens(settings({ sendScopeOnRefresh: true, scopeSeparator: "," }), "r", io);
    expect(service.requests.map((request) => request.params.scope)).toEqual([
      undefined,
      "offline_access,Directory.Read.All",
    ]);
  });

  it("lets no extra parameter set ours", async () => {
    const tokenParams = {
      grant_type: "password",
      Client_Secret: "x",
      refresh_token: "x",
      scope: "admin",
      fine: "yes",
    };
    await refreshTokens(settings({ tokenParams }), "r-1", io);
    expect(service.requests[0]?.params).toMatchObject({
      grant_type: "refresh_token",
      refresh_token: "r-1",
      fine: "yes",
    });
    expect(Object.keys(service.requests[0]?.params ?? {})).not.toContain("Client_Secret");
    expect(service.requests[0]?.params.scope).toBeUndefined();
  });

  it("keeps the token URL's own query string", async () => {
    await refreshTokens(settings({ tokenUrl: `${service.origin}/token?api-version=1.0` }), "r-1", io);
    expect(service.requests[0]?.query.get("api-version")).toBe("1.0");
  });

  it("of a code carries the redirect URI and the code verifier, and takes QuickBooks' company from the callback", async () => {
    const callbackUrl = new URL(
      `${REDIRECT_URI}?code=the-code&state=s&realmId=4620816365&iss=https://whoever.example`,
    );
    const answer = await exchangeCode(
      settings(),
      { callbackUrl, redirectUri: REDIRECT_URI, state: "s", codeVerifier: "v".repeat(43) },
      io,
    );
    expect(service.requests[0]?.params).toEqual({
      grant_type: "authorization_code",
      code: "the-code",
      redirect_uri: REDIRECT_URI,
      code_verifier: "v".repeat(43),
      client_id: "client-1",
      client_secret: "client-secret-canary",
    });
    expect(answer).toMatchObject({
      accessToken: PLAIN_TOKENS.access_token,
      extra: { realmId: "4620816365" },
      account: { tenant: "4620816365" },
    });
  });

  it("is announced just before it leaves, and what is thrown there comes out unchanged, unsent", async () => {
    const stop = new Error("twenty seconds have passed");
    const beforeSend = () => {
      throw stop;
    };
    await expect(refreshTokens(settings(), "r", { ...io, beforeSend })).rejects.toBe(stop);
    expect(service.requests).toHaveLength(0);
  });
});

describe("revoking", () => {
  const tokens = { accessToken: "a-canary", refreshToken: "r-canary" };

  it("ends the refresh token first, then the access token, the client authenticated", async () => {
    expect(await revokeTokens(settings(), tokens, io)).toEqual({ revoked: true, error: null });
    expect(
      service.requests.map(({ params }) => [params.token, params.token_type_hint, params.client_secret]),
    ).toEqual([
      ["r-canary", "refresh_token", "client-secret-canary"],
      ["a-canary", "access_token", "client-secret-canary"],
    ]);
  });

  it("takes any 2xx as done, and an access token that cannot be revoked as no failure", async () => {
    service.enqueue("/revoke", { status: 204 }, { status: 400, body: { error: "unsupported_token_type" } });
    expect(await revokeTokens(settings(), tokens, io)).toEqual({ revoked: true, error: null });
  });

  it("tells what went wrong and never throws it", async () => {
    service.enqueue("/revoke", { status: 503, body: "<html>down</html>" }, { status: 200 });
    const result = await revokeTokens(settings(), tokens, io);
    expect(result.revoked).toBe(false);
    expect(result.error).toMatchObject({ kind: "not_json", httpStatus: 503 });
    const unreachable = await revokeTokens(settings({ revocationUrl: "http://127.0.0.1:1/" }), tokens, io);
    expect(unreachable.error).toBeInstanceOf(OAuthServiceError);
    const unauthenticated = await revokeTokens(settings({ clientSecret: null }), tokens, io);
    expect(unauthenticated).toMatchObject({ revoked: false, error: { kind: "unsent" } });
  });

  it("without a revocation URL or tokens does nothing", async () => {
    expect(await revokeTokens(settings({ revocationUrl: null }), tokens, io)).toEqual({
      revoked: false,
      error: null,
    });
    expect(await revokeTokens(settings(), { accessToken: null, refreshToken: null }, io)).toEqual({
      revoked: false,
      error: null,
    });
    expect(service.requests).toHaveLength(0);
  });
});

describe("the test of a connection", () => {
  it("shows the start of the body without the token", async () => {
    service.enqueue("/users", {
      status: 401,
      headers: { "content-type": "text/plain" },
      body: `${"x".repeat(1_990)}token-canary${"y".repeat(5_000)}`,
    });
    const tested = await testRequest(service.url("/users"), "token-canary", io);
    expect([tested.status, tested.contentType, tested.bodyStart.length]).toEqual([401, "text/plain", 2_000]);
    expect(tested.bodyStart).not.toContain("canary");
    expect(service.requests[0]?.headers.authorization).toBe("Bearer token-canary");
  });

  it("may use other headers than a bearer token's", async () => {
    service.enqueue("/users", { body: "key-canary" });
    const tested = await testRequest(service.url("/users"), { "x-api-key": "key-canary" }, io);
    expect([tested.bodyStart, service.requests[0]?.headers["x-api-key"]]).toEqual(["•••", "key-canary"]);
  });
});

describe("a callback with an error", () => {
  it("is told in the service's words, as plain text", () => {
    const params = new URLSearchParams({
      error: "access_denied",
      error_description: "<b>No</b>\nthanks\u202e",
    });
    expect(readCallbackError(params)).toEqual({ error: "access_denied", description: "No thanks" });
    expect(readCallbackError(new URLSearchParams({ error: "access_denied" }))).toEqual({
      error: "access_denied",
      description: null,
    });
    expect(readCallbackError(new URLSearchParams({ code: "c" }))).toBeNull();
  });
});
