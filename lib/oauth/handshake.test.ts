import { generateKeyPairSync } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createGuardedFetch } from "@/lib/egress/guarded-fetch";
import { startOAuthService, type OAuthService } from "@/scripts/demo/oauth-server";
import { startUsersApi, type UsersApi } from "@/scripts/demo/users-api";
import { consentAt } from "@/test/oauth-service/consent";
import { buildAuthorizationUrl } from "./authorization";
import { readCallbackError } from "./callback";
import { classifyOAuthError } from "./classify-error";
import { fetchAccount } from "./fetch-account";
import { OAuthServiceError } from "./oauth-error";
import { createPkce, createState } from "./pkce";
import { revokeTokens } from "./revoke";
import { testRequest } from "./test-request";
import { exchangeCode, refreshTokens, requestClientCredentials } from "./token-requests";
import type { OAuthClientSettings, TokenAnswer } from "./types";

const REDIRECT_URI = "http://localhost:3000/oauth/callback/Microsoft_Graph";
/** With every sign that Basic's form-encoding changes. */
const AWKWARD_SECRET = "se cret+/%:&=~!*'()";
const io = { fetch: createGuardedFetch({ allowLoopback: true, allow: [] }) };
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
let service: OAuthService;
let api: UsersApi;

beforeAll(async () => {
  service = await startOAuthService();
  const redirectUris = [REDIRECT_URI];
  await service.addClient({ clientId: "post", clientSecret: AWKWARD_SECRET, redirectUris });
  await service.addClient({
    clientId: "basic",
    clientSecret: AWKWARD_SECRET,
    redirectUris,
    authMethod: "client_secret_basic",
  });
  await service.addClient({ clientId: "public", redirectUris, authMethod: "none" });
  const keys = [rsa, ec].map(({ publicKey }, i) => ({
    ...publicKey.export({ format: "jwk" }),
    kid: `key-${i}`,
  }));
  await service.addClient({
    clientId: "jwt",
    redirectUris,
    authMethod: "private_key_jwt",
    jwks: { keys } as never,
  });
  await service.addClient({ clientId: "users-api", clientSecret: "api-secret", grantTypes: [] });
  api = await startUsersApi({
    introspectionUrl: service.url("introspection"),
    clientId: "users-api",
    clientSecret: "api-secret",
  });
});
afterAll(() => Promise.all([service.close(), api.close()]));

function settings(changes: Partial<OAuthClientSettings> = {}, tenant = "common"): OAuthClientSettings {
  return {
    flowType: "authorization_code",
    clientId: "post",
    clientSecret: AWKWARD_SECRET,
    privateKey: null,
    authorizationUrl: service.url("authorization", tenant),
    tokenUrl: service.url("token", tenant),
    revocationUrl: service.url("revocation", tenant),
    identityUrl: `${api.origin}/v1.0/me`,
    issuer: null,
    scopes: ["offline_access", "Directory.Read.All"],
    audience: null,
    tokenEndpointAuthMethod: "client_secret_post",
    tokenRequestFormat: "form",
    pkce: true,
    authorizationParams: {},
    tokenParams: {},
    ...changes,
  };
}

async function handshake(
  used: OAuthClientSettings,
  email = "ada@contoso.example",
): Promise<{ callback: URL; state: string; codeVerifier: string | null }> {
  const state = createState();
  const codeVerifier = used.pkce ? createPkce().codeVerifier : null;
  const url = await buildAuthorizationUrl(used, { redirectUri: REDIRECT_URI, state, codeVerifier });
  return { callback: await consentAt(url, { email }), state, codeVerifier };
}

async function connect(used: OAuthClientSettings, email?: string): Promise<TokenAnswer> {
  const { callback, state, codeVerifier } = await handshake(used, email);
  return await exchangeCode(
    used,
    { callbackUrl: callback, redirectUri: REDIRECT_URI, state, codeVerifier },
    io,
  );
}

async function errorOf(work: Promise<unknown>): Promise<OAuthServiceError> {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof OAuthServiceError))
    throw new Error(`expected an OAuthServiceError, got ${String(error)}`);
  return error;
}

describe("the seeds' story at a real OAuth server", () => {
  it("ends with tokens that read the tenant's users", async () => {
    const answer = await connect(settings());
    expect(answer).toMatchObject({ expiresInSeconds: 3_600, tokenType: "Bearer" });
    expect(answer.refreshToken).toEqual(expect.any(String));
    expect(answer.grantedScopes).toEqual(["offline_access", "Directory.Read.All"]);

    const tested = await testRequest(`${api.origin}/v1.0/users`, answer.accessToken, io);
    expect(tested.status).toBe(200);
    expect(tested.bodyStart).toContain("ada@contoso.example");
    expect(tested.bodyStart).toContain("grace@contoso.example");
    expect(tested.bodyStart).not.toContain("fabrikam");
    expect(await fetchAccount(settings(), answer.accessToken, io)).toEqual({
      subject: expect.any(String) as string,
      label: "ada@contoso.example",
      tenant: "contoso.example",
      tenantNames: ["contoso.example"],
    });
  });

  it("says by the id_token whose account it is, where openid was asked for", async () => {
    const answer = await connect(
      settings({ scopes: ["openid", "profile", "email", "User.Read"] }),
      "alan@fabrikam.example",
    );
    expect(answer.account).toMatchObject({ label: "alan@fabrikam.example", tenant: "fabrikam.example" });
    expect(answer.refreshToken).toBeNull();
  });

  it("refreshes, at another tenant's token URL too, and revokes", async () => {
    const first = await connect(settings());
    const refreshToken = first.refreshToken ?? "";
    const second = await refreshTokens(settings({ sendScopeOnRefresh: true }), refreshToken, io);
    expect(second.accessToken).not.toBe(first.accessToken);

    const derived = await refreshTokens(settings({}, "fabrikam.example"), refreshToken, io);
    expect((await testRequest(`${api.origin}/v1.0/users`, derived.accessToken, io)).bodyStart).toContain(
      "alan@fabrikam.example",
    );

    expect(await revokeTokens(settings(), { accessToken: second.accessToken, refreshToken }, io)).toEqual({
      revoked: true,
      error: null,
    });
    const dead = await errorOf(refreshTokens(settings(), refreshToken, io));
    expect([dead.code, dead.httpStatus, classifyOAuthError(dead)]).toEqual([
      "invalid_grant",
      400,
      "needs_person",
    ]);
    expect((await testRequest(`${api.origin}/v1.0/users`, second.accessToken, io)).status).toBe(401);
  });

  it("comes back with the service's own words after Cancel", async () => {
    const url = await buildAuthorizationUrl(settings(), {
      redirectUri: REDIRECT_URI,
      state: createState(),
      codeVerifier: null,
    });
    const callback = await consentAt(url, { email: "ada@contoso.example", decision: "cancel" });
    expect(readCallbackError(callback.searchParams)).toEqual({
      error: "access_denied",
      description: "The user declined to give permission.",
    });
  });

  it("shows only a tenant's own users at its own URLs", async () => {
    await expect(handshake(settings({}, "fabrikam.example"), "ada@contoso.example")).rejects.toThrow(
      "does not come to an end",
    );
    expect((await connect(settings({}, "fabrikam.example"), "alan@fabrikam.example")).accessToken).toEqual(
      expect.any(String),
    );
  });
});

describe("the client proves itself", () => {
  it.each([
    ["by its secret in the body", {}],
    ["by Basic, form-encoded", { clientId: "basic", tokenEndpointAuthMethod: "client_secret_basic" }],
    ["by PKCE alone", { clientId: "public", clientSecret: null, tokenEndpointAuthMethod: "none" }],
    ["without PKCE", { pkce: false }],
  ] as [string, Partial<OAuthClientSettings>][])("%s", async (_, changes) => {
    const answer = await connect(settings(changes));
    expect((await refreshTokens(settings(changes), answer.refreshToken ?? "", io)).accessToken).toEqual(
      expect.any(String),
    );
  });

  it.each([
    ["PKCS#8", rsa.privateKey.export({ type: "pkcs8", format: "pem" }), "key-0", null],
    ["PKCS#1, PS256", rsa.privateKey.export({ type: "pkcs1", format: "pem" }), null, "PS256"],
    ["an elliptic curve", ec.privateKey.export({ type: "sec1", format: "pem" }), "key-1", null],
  ])("by a key of its own: %s", async (_, pem, keyId, algorithm) => {
    const privateKey = { pem: String(pem), keyId, algorithm };
    const used = settings(
      { clientId: "jwt", clientSecret: null, privateKey, tokenEndpointAuthMethod: "private_key_jwt" },
      "contoso.example",
    );
    expect((await connect(used)).accessToken).toEqual(expect.any(String));
  });

  it("or is told that it did not", async () => {
    const error = await errorOf(
      requestClientCredentials(settings({ clientSecret: "wrong-secret-canary" }), io),
    );
    expect([error.kind, error.code, classifyOAuthError(error)]).toEqual([
      "error_answer",
      "invalid_client",
      "client",
    ]);
    expect(error.message).not.toContain("canary");
  });

  it.each([
    [{ clientSecret: null }, "client secret"],
    [{ clientSecret: "" }, "client secret"],
    [{ tokenEndpointAuthMethod: "private_key_jwt" }, "private key"],
    [
      {
        tokenEndpointAuthMethod: "private_key_jwt",
        privateKey: { pem: "key-canary", keyId: null, algorithm: null },
      },
      "PEM",
    ],
  ] as [Partial<OAuthClientSettings>, string][])(
    "or sends nothing when %j says with what",
    async (changes, words) => {
      const before = service.log.length;
      const error = await errorOf(requestClientCredentials(settings(changes), io));
      expect([error.kind, classifyOAuthError(error)]).toEqual(["unsent", "configuration"]);
      expect(error.message).toContain(words);
      expect(error.message).not.toContain("canary");
      expect(service.log.length).toBe(before);
    },
  );
});

describe("client credentials", () => {
  it("get a token for the tenant of the token URL", async () => {
    const used = settings({ flowType: "client_credentials", scopes: [".default"] }, "contoso.example");
    const answer = await requestClientCredentials(used, io);
    expect([answer.refreshToken, answer.expiresInSeconds]).toEqual([null, 3_600]);
    expect((await testRequest(`${api.origin}/v1.0/users`, answer.accessToken, io)).bodyStart).toContain(
      "grace@contoso.example",
    );
  });

  it("at a tenant that does not exist hear it in the service's words", async () => {
    const error = await errorOf(requestClientCredentials(settings({}, "nowhere.example"), io));
    expect(error).toMatchObject({
      code: "invalid_request",
      description: "AADSTS90002: Tenant 'nowhere.example' not found.",
    });
  });
});

describe("a callback", () => {
  it("with a code that was used before is refused by the service", async () => {
    const { callback, state, codeVerifier } = await handshake(settings());
    const exchange = { callbackUrl: callback, redirectUri: REDIRECT_URI, state, codeVerifier };
    await exchangeCode(settings(), exchange, io);
    expect((await errorOf(exchangeCode(settings(), exchange, io))).code).toBe("invalid_grant");
  });

  it.each([["state"], ["codeVerifier"]])("with another %s is refused", async (what) => {
    const { callback, state, codeVerifier } = await handshake(settings());
    const exchange = {
      callbackUrl: callback,
      redirectUri: REDIRECT_URI,
      state: what === "state" ? createState() : state,
      codeVerifier: what === "codeVerifier" ? createPkce().codeVerifier : codeVerifier,
    };
    expect(await errorOf(exchangeCode(settings(), exchange, io))).toBeInstanceOf(OAuthServiceError);
  });

  it("with the configured issuer's iss is taken, another's is refused before anything is sent", async () => {
    const { callback, state, codeVerifier } = await handshake(settings());
    const exchange = { callbackUrl: callback, redirectUri: REDIRECT_URI, state, codeVerifier };
    expect(callback.searchParams.get("iss")).toBe(service.origin);
    const before = service.log.length;
    const wrong = await errorOf(
      exchangeCode(settings({ issuer: "https://login.example.com" }), exchange, io),
    );
    expect([wrong.kind, service.log.length - before]).toEqual(["unusable_answer", 0]);
    expect((await exchangeCode(settings({ issuer: service.origin }), exchange, io)).accessToken).toEqual(
      expect.any(String),
    );
  });

  it.each(["", "code=", "code=a&code=b", "state=x", "code=a&state=s&state=t"])(
    "with the query %j has no usable code",
    async (query) => {
      const exchange = {
        callbackUrl: new URLSearchParams(query),
        redirectUri: REDIRECT_URI,
        state: "s",
        codeVerifier: null,
      };
      expect((await errorOf(exchangeCode(settings(), exchange, io))).kind).toBe("unusable_answer");
    },
  );
});
