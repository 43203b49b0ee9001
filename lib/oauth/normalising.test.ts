import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createGuardedFetch } from "@/lib/egress/guarded-fetch";
import { startFaultyService, type FaultyService } from "@/test/oauth-service/faulty-service";
import type { ScriptedAnswer } from "@/test/oauth-service/scripted-answer";
import { settingsFor } from "@/test/oauth-service/settings";
import { normaliseToken, scopesOf, secondsOf } from "./normalise-token";
import { OAuthServiceError } from "./oauth-error";
import { refreshTokens } from "./token-requests";
import type { OAuthClientSettings, TokenAnswer } from "./types";

const io = { fetch: createGuardedFetch({ allowLoopback: true, allow: [] }) };
const TOKEN = { access_token: "a-token", token_type: "Bearer" };
const FORM = "application/x-www-form-urlencoded";
let service: FaultyService;

beforeAll(async () => (service = await startFaultyService()));
afterAll(() => service.close());
beforeEach(() => (service.requests.length = 0));

async function answerTo(
  answer: ScriptedAnswer,
  changes: Partial<OAuthClientSettings> = {},
): Promise<TokenAnswer> {
  service.enqueue("/token", answer);
  return await refreshTokens(settingsFor(service.origin, changes), "old-refresh-canary", {
    ...io,
    // Only what never comes may be given up early: a slow machine is no service that hangs.
    timeoutMs: answer.fault === "hang" || answer.fault === "stall" ? 1_000 : 30_000,
  });
}

async function errorTo(
  answer: ScriptedAnswer,
  changes: Partial<OAuthClientSettings> = {},
): Promise<OAuthServiceError> {
  const error: unknown = await answerTo(answer, changes).then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof OAuthServiceError))
    throw new Error(`expected an OAuthServiceError, got ${String(error)}`);
  return error;
}

describe("the expiry", () => {
  it.each([
    [undefined, null],
    [3600, 3600],
    ["3600", 3600],
    ["3600.5", 3600],
    ["abc", null],
    ["", null],
    [null, null],
    [-5, null],
    [0, null],
    [1e20, null],
    [{}, null],
    [true, null],
  ])("of expires_in %j is %j", async (expires_in, seconds) => {
    expect((await answerTo({ body: { ...TOKEN, expires_in } })).expiresInSeconds).toBe(seconds);
  });

  it.each(["refresh_token_expires_in", "x_refresh_token_expires_in"])(
    "of the refresh token is read from %s",
    async (name) => {
      expect((await answerTo({ body: { ...TOKEN, [name]: 8_726_400 } })).refreshTokenExpiresInSeconds).toBe(
        8_726_400,
      );
    },
  );
});

describe("the token type", () => {
  it.each([
    [undefined, null],
    [null, null],
    ["", null],
    ["bot", "bot"],
    ["user", "user"],
    ["bearer", "bearer"],
    ["BearerToken", "BearerToken"],
    ["Bearer\u0000", null],
    ["x".repeat(501), null],
  ])("%j is kept as %j", async (token_type, kept) => {
    expect((await answerTo({ body: { access_token: "a-token", token_type } })).tokenType).toBe(kept);
  });
});

describe("the OAuth scopes", () => {
  it.each([
    [undefined, null],
    [null, null],
    ["", null],
    ["a b", ["a", "b"]],
    ["a,b, c", ["a", "b", "c"]],
    [
      ["a", "b c"],
      ["a", "b", "c"],
    ],
    [7, null],
    [
      ["a", "nul\u0000", "b"],
      ["a", "b"],
    ],
  ])("%j are %j", async (scope, scopes) => {
    expect((await answerTo({ body: { ...TOKEN, scope } })).grantedScopes).toEqual(scopes);
  });
});

describe("the refresh token", () => {
  it.each([[undefined], [null], [""], [" "], ["rt\u0000"], ["rt\r\nx: y"], ["\ud800"]])(
    "%j means that the old one is kept",
    async (refresh_token) => {
      expect((await answerTo({ body: { ...TOKEN, refresh_token } })).refreshToken).toBeNull();
    },
  );
});

describe("an answer that grants", () => {
  it("may have status 201", async () => {
    expect((await answerTo({ status: 201, body: TOKEN })).accessToken).toBe("a-token");
  });

  it.each([
    ["JSON as text/plain", { headers: { "content-type": "text/plain" }, body: JSON.stringify(TOKEN) }],
    ["JSON without content type", { body: JSON.stringify(TOKEN) }],
    ["JSON after a byte order mark", { body: `\ufeff${JSON.stringify(TOKEN)}` }],
    [
      "a form",
      { headers: { "content-type": FORM }, body: "access_token=a-token&token_type=Bearer&expires_in=60" },
    ],
    [
      "a form as text/plain",
      { headers: { "content-type": "text/plain" }, body: "access_token=a-token&scope=a%2Cb" },
    ],
  ] as [string, ScriptedAnswer][])("may come as %s", async (_, answer) => {
    expect((await answerTo(answer)).accessToken).toBe("a-token");
  });

  it("may nest a Slack user's token, which is lifted with all that belongs to it", async () => {
    const body = {
      ok: true,
      app_id: "A1",
      authed_user: {
        id: "U1",
        access_token: "xoxp-1",
        refresh_token: "xoxe-1",
        expires_in: 43_200,
        scope: "chat:write,users:read",
      },
      team: { id: "T1", name: "Contoso", secret: "x" },
    };
    expect(await answerTo({ body })).toMatchObject({
      accessToken: "xoxp-1",
      refreshToken: "xoxe-1",
      expiresInSeconds: 43_200,
      grantedScopes: ["chat:write", "users:read"],
      extra: { app_id: "A1", team: { id: "T1", name: "Contoso" } },
      account: { subject: "U1", tenant: "T1" },
    });
  });

  it("with a Slack bot's token keeps that one", async () => {
    const body = {
      ok: true,
      access_token: "xoxb-1",
      token_type: "bot",
      authed_user: { id: "U1", access_token: "xoxp-1" },
    };
    expect((await answerTo({ body })).accessToken).toBe("xoxb-1");
  });

  it("tells whose account it is by an id_token of whatever issuer", async () => {
    const claims = {
      iss: "https://made.up",
      aud: "somebody else",
      exp: 1,
      sub: "S1",
      email: "ada@contoso.example",
      tid: "contoso",
    };
    const idToken = `${encode({ alg: "none" })}.${encode(claims)}.bad-signature`;
    const answer = await answerTo({ body: { ...TOKEN, id_token: idToken } });
    expect(answer.account).toEqual({ subject: "S1", label: "ada@contoso.example", tenant: "contoso" });
  });

  it.each([["rubbish"], ["a.b.c"], [""], [7], [null], [`${encode({})}.${encode([])}.x`]])(
    "is taken with the id_token %j",
    async (id_token) => expect((await answerTo({ body: { ...TOKEN, id_token } })).account).toBeNull(),
  );

  it("keeps the allow-listed rest and nothing that could be a secret", async () => {
    const body = {
      ...TOKEN,
      instance_url: "https://x.my.salesforce.com",
      api_domain: "https://www.zohoapis.com",
      signature: "s",
      id_token: "t",
      client_secret: "u",
    };
    expect((await answerTo({ body })).extra).toEqual({
      instance_url: "https://x.my.salesforce.com",
      api_domain: "https://www.zohoapis.com",
    });
  });
});

describe("an answer that refuses", () => {
  it.each([
    [
      "GitHub",
      { error: "bad_refresh_token", error_description: "The refresh token passed is incorrect" },
      "bad_refresh_token",
    ],
    ["Slack", { ok: false, error: "invalid_refresh_token" }, "invalid_refresh_token"],
    ["Zoho", { error: "invalid_code" }, "invalid_code"],
    ["a service with a token beside its error", { ...TOKEN, error: "invalid_grant" }, "invalid_grant"],
  ])("with HTTP 200 is an error with its code: %s", async (_, body, code) => {
    expect(await errorTo({ body })).toMatchObject({ kind: "error_answer", code, httpStatus: 200 });
  });

  it.each([
    [400, { error: "invalid_grant", error_description: "Token expired" }, "invalid_grant", "Token expired"],
    [401, { error: "invalid_client" }, "invalid_client", null],
    [
      400,
      { status: "BAD_REFRESH_TOKEN", message: "missing or invalid refresh token" },
      "BAD_REFRESH_TOKEN",
      "missing or invalid refresh token",
    ],
    [
      401,
      { error: { code: 401, message: "Request had invalid credentials", status: "UNAUTHENTICATED" } },
      "UNAUTHENTICATED",
      "Request had invalid credentials",
    ],
    [400, { errors: [{ message: "no such app" }] }, null, "no such app"],
    [400, "Token not found", null, "Token not found"],
    [503, { error: "temporarily_unavailable" }, "temporarily_unavailable", null],
  ])("with HTTP %i and %j says its code and words", async (httpStatus, body, code, description) => {
    const answer = { status: httpStatus, body: typeof body === "string" ? JSON.stringify(body) : body };
    expect(await errorTo(answer)).toMatchObject({ kind: "error_answer", code, description, httpStatus });
  });

  it("as a form is read too", async () => {
    const answer = {
      headers: { "content-type": FORM },
      body: "error=incorrect_client_credentials&error_description=Wrong+secret",
    };
    expect(await errorTo(answer)).toMatchObject({
      code: "incorrect_client_credentials",
      description: "Wrong secret",
    });
  });

  it.each([
    [400, ""],
    [404, "<html><body>Not found, body-canary</body></html>"],
    [500, "<html>body-canary"],
    [502, ""],
    [200, "<html>body-canary: a login page</html>"],
    [200, '{"access_token": "body-canary'],
    [200, ""],
  ])("with HTTP %i and a body that is not JSON says so, and never the body", async (status, body) => {
    const error = await errorTo({ status, body });
    expect(error).toMatchObject({ kind: "not_json", httpStatus: status, code: null, description: null });
    expect(error.message).toContain(`HTTP ${status}`);
    expect(error.message.includes("Check the URL"), "a service in trouble is not the URL's fault").toBe(
      status < 500,
    );
    expect(JSON.stringify({ ...error, message: error.message, stack: error.stack })).not.toContain(
      "body-canary",
    );
  });

  it.each([
    [{}],
    [[]],
    [{ access_token: "" }],
    [{ access_token: 7 }],
    [{ access_token: null }],
    [{ access_token: "a\r\nb" }],
    [{ access_token: "tök" }],
  ])("with HTTP 200 and %j has no token in it", async (body) =>
    expect(await errorTo({ body })).toMatchObject({ kind: "unusable_answer", httpStatus: 200 }),
  );

  it("with a preset's words for a dead token says that the token is dead", async () => {
    const changes = { deadTokenAnswers: [{ status: 400, match: "Token not found" }] };
    const error = await errorTo({ status: 400, body: "token Not Found" }, changes);
    expect(error).toMatchObject({ kind: "error_answer", code: "dead_token", description: "Token not found" });
    const other = await errorTo({ status: 429, body: "Token not found" }, changes);
    expect(other).toMatchObject({ httpStatus: 429, code: null });
  });

  it.each([
    ["120", 120],
    ["0", 0],
    ["soon", null],
  ])("with Retry-After %s says when to come back", async (header, seconds) => {
    const error = await errorTo({
      status: 429,
      headers: { "retry-after": header },
      body: { error: "slow_down" },
    });
    expect(error.retryAfterSeconds).toBe(seconds);
  });

  it("by a redirect is refused, and nothing goes where it points", async () => {
    const error = await errorTo({ status: 307, headers: { location: service.url("/elsewhere") } });
    expect(error).toMatchObject({ kind: "unusable_answer", code: null });
    expect(service.requests.map((request) => request.path)).toEqual(["/token"]);
  });

  it("has no secret of ours in its words, however it echoes them", async () => {
    const secret = "client-secret-canary";
    const words = `no ${secret} ${Buffer.from(secret).toString("base64")} old-refresh-canary eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln <b>bold</b>\u202e`;
    const error = await errorTo({
      status: 400,
      body: { error: "invalid_grant", error_description: words.repeat(40) },
    });
    expect(JSON.stringify({ ...error, message: error.message })).not.toMatch(/canary|eyJ|<b>|\u202e/);
    expect(error.description?.length).toBeLessThanOrEqual(500);
  });
});

describe("no answer", () => {
  it.each([
    ["reset", "no_answer"],
    ["truncate", "no_answer"],
    ["hang", "no_answer"],
    ["stall", "no_answer"],
    ["large", "unusable_answer"],
    ["bomb", "unusable_answer"],
  ] as const)("after a fault: %s", async (fault, kind) => {
    expect((await errorTo({ fault, body: TOKEN })).kind).toBe(kind);
    expect(service.requests).toHaveLength(1);
  });

  it("from a service that is down, and the request never left", async () => {
    const settings = settingsFor("http://127.0.0.1:1");
    await expect(refreshTokens(settings, "r", io)).rejects.toMatchObject({
      kind: "unsent",
      httpStatus: null,
    });
  });
});

describe("any answer whatever", () => {
  const member = fc.oneof(
    fc.string(),
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.array(fc.string()),
    fc.dictionary(fc.string(), fc.string()),
  );
  const answers = fc.record(
    {
      access_token: member,
      refresh_token: member,
      expires_in: member,
      scope: member,
      token_type: member,
      id_token: member,
      authed_user: member,
      team: member,
    },
    { requiredKeys: [] },
  );

  it("becomes a token answer of the right types, or none", () => {
    fc.assert(
      fc.property(answers, (body) => {
        const answer = normaliseToken(body);
        if (!answer) return;
        expect(answer.accessToken).toMatch(/^[\x21-\x7e]+$/);
        expect(answer.refreshToken).not.toBe("");
        expect(answer.expiresInSeconds === null || Number.isSafeInteger(answer.expiresInSeconds)).toBe(true);
        expect(answer.grantedScopes?.every((scope) => /^[^\s,]+$/.test(scope)) ?? true).toBe(true);
      }),
    );
  });

  it("is an answer or an OAuthServiceError, even as raw bytes", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 200 }),
        fc.constantFrom(200, 201, 400, 401, 500),
        async (bytes, status) => {
          expect(await errorTo({ status, body: Buffer.from(bytes) })).toBeInstanceOf(OAuthServiceError);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("keeps every whole number of seconds, as number or text, and every list of OAuth scopes", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000_000_000 }),
        fc.uniqueArray(fc.stringMatching(/^[a-z.:/]{1,20}$/), { minLength: 1 }),
        (seconds, scopes) => {
          expect([secondsOf(seconds), secondsOf(String(seconds))]).toEqual([seconds, seconds]);
          for (const spelling of [scopes, scopes.join(" "), scopes.join(","), scopes.join(", ")]) {
            expect(scopesOf(spelling)).toEqual(scopes);
          }
        },
      ),
    );
  });
});

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
