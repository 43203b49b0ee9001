import { assert, boolean, constantFrom, property } from "fast-check";
import { describe, expect, it } from "vitest";
import {
  chooseConnection,
  type ConfigFieldValues,
  decideScope,
  derivedHindrance,
  hasOwnTokenUrl,
  mergeConfig,
  oauthView,
  originsMoved,
  type OAuthViewInput,
  type Reader,
  type ServingInput,
  type StoredConnection,
} from "./rules";

const stored = (id: string, value: unknown) => ({ id, value: value as string, sealed: null });
const field = (key: string, byDefault: unknown, override: unknown): ConfigFieldValues => ({
  key,
  type: "json",
  default: byDefault === undefined ? null : stored(`${key}-d`, byDefault),
  override: override === undefined ? null : stored(`${key}-o`, override),
});

describe("merging configuration", () => {
  it("lets an override replace the whole default, and leaves out what nobody set", () => {
    const merged = mergeConfig([
      field("a", { x: 1, y: 2 }, { x: 9 }),
      field("b", "default", undefined),
      field("c", undefined, "own"),
      field("d", undefined, undefined),
    ]);
    expect(merged.map(({ key, source, stored: { value } }) => [key, source, value])).toEqual([
      ["a", "organization", { x: 9 }],
      ["b", "default", "default"],
      ["c", "organization", "own"],
    ]);
  });

  it.each([null, false, 0, ""])("takes an override of %j for a value, not for none", (value) => {
    expect(mergeConfig([field("a", "default", value)])[0]).toMatchObject({
      source: "organization",
      stored: { value },
    });
  });
});

const provider: Reader = { organizationId: "p", isProvider: true, isApiKey: true, mayReadCredentials: true };
const managed: Reader = { ...provider, organizationId: "m", isProvider: false };
const uuid = "018f0000-0000-7000-8000-000000000001";

describe("scope", () => {
  it.each([
    [provider, undefined, { ok: true, targetId: "p" }],
    [provider, "global", { ok: true, targetId: null }],
    [provider, uuid, { ok: true, targetId: uuid }],
    [provider, uuid.toUpperCase(), { ok: true, targetId: uuid }],
    [provider, "", { ok: false, reason: "malformed" }],
    [provider, "Global", { ok: false, reason: "malformed" }],
    [provider, "org-123", { ok: false, reason: "malformed" }],
    [managed, undefined, { ok: true, targetId: "m" }],
    [managed, "m", { ok: true, targetId: "m" }],
    [managed, "global", { ok: false, reason: "forbidden" }],
    [managed, uuid, { ok: false, reason: "forbidden" }],
    [managed, "", { ok: false, reason: "forbidden" }],
    [managed, "org-123", { ok: false, reason: "forbidden" }],
    [{ ...provider, organizationId: null }, undefined, { ok: false, reason: "missing" }],
    [{ ...provider, organizationId: null }, "global", { ok: true, targetId: null }],
  ] as const)("%j with %j", (reader, scope, expected) => {
    expect(decideScope(reader, scope)).toEqual(expected);
  });
});

const base: ServingInput = {
  targetId: "m",
  ownerId: null,
  policy: "default",
  isMapped: true,
  hasOwnTokenUrl: true,
  hasOwnConnection: false,
  flowType: "authorization_code",
  tokenUrl: "https://login.example.com/token",
};
const sourceOf = (change: Partial<ServingInput>) => chooseConnection({ ...base, ...change }).source;

describe("the connection that serves", () => {
  it("is the organization's own wherever there is one, broken or not, whatever the policy", () => {
    for (const policy of ["default", "derived", "none"] as const) {
      expect(sourceOf({ policy, hasOwnConnection: true })).toBe("organization");
    }
  });

  it("is the default only where the policy says so", () => {
    expect(sourceOf({})).toBe("default");
    expect(sourceOf({ isMapped: false })).toBe("default");
    expect(sourceOf({ policy: "none" })).toBeNull();
    expect(sourceOf({ policy: "derived" })).toBe("derived");
  });

  it("is the default for the defaults alone and for the integration's owner, whatever the policy", () => {
    expect(sourceOf({ targetId: null, policy: "none" })).toBe("default");
    expect(sourceOf({ ownerId: "m", policy: "none" })).toBe("default");
  });

  it("is never the default for a mapped organization whose client credentials have their own token URL", () => {
    const templated = {
      flowType: "client_credentials",
      tokenUrl: "https://login.example.com/{entity_id}/token",
    } as const;
    for (const policy of ["default", "derived", "none"] as const) {
      const own = chooseConnection({ ...base, ...templated, policy });
      expect(own).toMatchObject({ source: null, comesBy: "client_credentials" });
    }
    const shared = chooseConnection({ ...base, ...templated, hasOwnTokenUrl: false });
    expect(shared).toMatchObject({ source: null, comesBy: null });
    expect(sourceOf({ ...templated, isMapped: false })).toBe("default");
  });

  it("is derived only for a mapped organization whose mapping says where its token comes from", () => {
    const derived = { ...base, policy: "derived" } as const;
    expect(chooseConnection(derived)).toMatchObject({ source: "derived", comesBy: "derived" });
    expect(chooseConnection({ ...derived, isMapped: false })).toMatchObject({ source: null, comesBy: null });
    expect(chooseConnection({ ...derived, hasOwnTokenUrl: false })).toMatchObject({
      source: null,
      comesBy: null,
    });
  });
});

describe("a mapping says where its token comes from", () => {
  const url = "https://login.example.com/{entity_id}/token";
  it.each([
    [url, null, false],
    [url, { entityId: null, overrides: ["entity_id"] }, false],
    [url, { entityId: "contoso", overrides: [] }, true],
    ["https://login.example.com/{region}/token", { entityId: "contoso", overrides: ["base_url"] }, false],
    ["https://login.example.com/{region}/token", { entityId: null, overrides: ["region"] }, true],
    ["https://login.example.com/token", { entityId: "contoso", overrides: ["region"] }, false],
  ])("%s with %j: %j", (tokenUrl, mapping, says) => {
    expect(hasOwnTokenUrl(tokenUrl, mapping)).toBe(says);
  });
});

describe("the policy derived", () => {
  const fitting = {
    flowType: "authorization_code",
    tokenUrl: "https://login.example.com/{entity_id}/token",
    refreshTokensReusable: true,
  } as const;
  it.each([
    [fitting, null],
    [{ ...fitting, tokenUrl: "https://login.example.com/token?tenant={entity_id}" }, null],
    [{ ...fitting, flowType: "client_credentials" } as const, "flowType"],
    [{ ...fitting, refreshTokensReusable: false }, "refreshTokensReusable"],
    [{ ...fitting, tokenUrl: "https://login.example.com/token" }, "tokenUrl"],
    [{ ...fitting, tokenUrl: "https://{entity_id}.example.com/token" }, "tokenUrl"],
    [{ ...fitting, tokenUrl: "https://{region}.example.com/{entity_id}/token" }, "tokenUrl"],
    [null, "flowType"],
  ])("with %j is hindered by %j", (client, field) => {
    expect(derivedHindrance(client)?.field ?? null).toBe(field);
  });
});

const now = new Date("2026-11-20T12:00:00Z");
const connection: StoredConnection = {
  status: "active",
  errorCode: null,
  errorMessage: null,
  hasAccessToken: true,
  expiresAt: new Date("2026-11-20T12:00:01Z"),
};
const view = (change: Partial<OAuthViewInput>) =>
  oauthView({
    reader: provider,
    ownerId: null,
    lendsDefaultToKeys: false,
    serving: { source: "default", reason: null, comesBy: null },
    connection,
    ourWords: "The service no longer takes the refresh token.",
    now,
    ...change,
  });

describe("what a reader is given of a connection", () => {
  it("is everything for a provider's key that may read credentials", () => {
    expect(view({})).toEqual({
      clientSecret: true,
      accessToken: true,
      refreshToken: true,
      extra: true,
      status: "active",
      error: null,
      mayHaveToken: true,
      ownsConnection: true,
    });
  });

  it.each(["active", "degraded", "reconnect_required"] as const)(
    "holds a token inside its expiry while %s",
    (status) => {
      expect(view({ connection: { ...connection, status } }).accessToken).toBe(true);
    },
  );

  it("says beside a served token what ails the connection", () => {
    const ailing = {
      ...connection,
      status: "degraded",
      errorCode: "http_503",
      errorMessage: "The service is down.",
    } as const;
    expect(view({ connection: ailing }).error).toEqual({ code: "http_503", message: "The service is down." });
  });

  it("holds no token from the moment it expires, and says expired", () => {
    const result = view({ connection: { ...connection, expiresAt: now } });
    expect(result).toMatchObject({ accessToken: false, refreshToken: true, error: { code: "expired" } });
  });

  it("holds a token whose expiry is unknown", () => {
    expect(view({ connection: { ...connection, expiresAt: null } })).toMatchObject({
      accessToken: true,
      error: null,
    });
  });

  it.each([
    ["refused", { status: "reconnect_required" }, {}],
    ["expired", { status: "reconnect_required", expiresAt: now }, {}],
    ["gone", { status: "reconnect_required", hasAccessToken: false }, {}],
    ["gone, to a key without credentials", { hasAccessToken: false }, { mayReadCredentials: false }],
  ] as const)(
    "tells our words alone of a default grant that is %s to who does not own it",
    (_, state, may) => {
      const errorMessage = "login.example.com refused: invalid_grant: ada@provider.example was removed";
      const ailing = {
        ...connection,
        status: "degraded",
        errorCode: "invalid_grant",
        errorMessage,
        ...state,
      } as const;
      for (const lendsDefaultToKeys of [true, false]) {
        const told = view({ connection: ailing, reader: { ...managed, ...may }, lendsDefaultToKeys });
        expect(told.error?.message).not.toContain("ada@provider.example");
      }
      const lent = view({ connection: ailing, reader: { ...managed, isApiKey: false } });
      expect(lent.error?.message).toContain("The service no longer takes the refresh token.");
      for (const theirs of [
        view({ connection: ailing }),
        view({ connection: ailing, reader: managed, ownerId: "m" }),
        view({
          connection: ailing,
          reader: managed,
          serving: { source: "organization", reason: null, comesBy: null },
        }),
      ]) {
        expect(theirs.error?.message).toContain("ada@provider.example");
      }
    },
  );

  it("says not_connected where nobody connected, with the reason", () => {
    expect(view({ connection: null }).error?.code).toBe("not_connected");
    const serving = { source: null, reason: "No lending.", comesBy: null };
    expect(view({ connection: null, serving }).error).toEqual({
      code: "not_connected",
      message: "No lending.",
    });
  });

  it("is an own connection's tokens but no client secret for a managed key on a global integration", () => {
    const own = view({ reader: managed, serving: { source: "organization", reason: null, comesBy: null } });
    expect(own).toMatchObject({ clientSecret: false, accessToken: true, refreshToken: true, error: null });
  });

  it("is nothing of the default connection for a managed key, and the access token alone for an execution", () => {
    const key = view({ reader: managed });
    expect(key).toMatchObject({ clientSecret: false, accessToken: false, refreshToken: false, extra: false });
    expect(key.error?.code).toBe("permission_denied");
    const lent = view({ reader: managed, lendsDefaultToKeys: true });
    expect(lent).toMatchObject({ clientSecret: false, accessToken: true, refreshToken: false, error: null });
    const execution = view({ reader: { ...managed, isApiKey: false } });
    expect(execution).toMatchObject({
      clientSecret: false,
      accessToken: true,
      refreshToken: false,
      error: null,
    });
  });

  it("is everything for a managed key on its own integration", () => {
    expect(view({ reader: managed, ownerId: "m" })).toMatchObject({
      clientSecret: true,
      accessToken: true,
      error: null,
    });
  });

  it("never holds a secret without the permission, whatever the rest", () => {
    assert(
      property(
        boolean(),
        boolean(),
        constantFrom(null, "m", "x"),
        constantFrom("organization", "default", "derived", null),
        (isProvider, isApiKey, ownerId, source) => {
          const reader = { organizationId: "m", isProvider, isApiKey, mayReadCredentials: false };
          const result = view({ reader, ownerId, serving: { source, reason: null, comesBy: null } });
          expect(result).toMatchObject({
            clientSecret: false,
            accessToken: false,
            refreshToken: false,
            extra: false,
          });
          expect(result.error?.code).toBe("permission_denied");
        },
      ),
    );
  });
});

describe("what a save that leads to other origins says", () => {
  it.each([
    [false, false, /^The URLs now lead to https:\/\/b\.example\. Reconnect/],
    [true, false, /The client secret was cleared .* enter it again, then reconnect\.$/],
    [false, true, /The private key was cleared .* enter it again, then reconnect\.$/],
    [true, true, /The client secret and the private key were cleared .* enter them again, then reconnect\.$/],
  ])("client secret cleared: %s, private key cleared: %s", (clientSecret, privateKey, words) => {
    expect(originsMoved(["https://b.example"], { clientSecret, privateKey })).toMatch(words);
  });
});
