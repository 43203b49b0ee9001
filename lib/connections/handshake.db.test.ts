import { randomUUID } from "node:crypto";
import { describe, expect, it, vi } from "vitest";
import { unseal } from "@/lib/crypto/seal";
import type { UserActor } from "@/lib/auth/actor";
import { createIntegration } from "@/lib/integrations/create-integration";
import { deleteIntegration } from "@/lib/integrations/delete-integration";
import { getIntegration } from "@/lib/integrations/queries";
import { deleteMapping } from "@/lib/mappings/delete-mapping";
import { upsertMapping } from "@/lib/mappings/upsert-mapping";
import { updateIntegration } from "@/lib/integrations/update-integration";
import { refreshConnection } from "@/lib/refresh/refresh-connection";
import { commitOnceWaitedFor } from "@/test/commit-once-waited-for";
import { seedOrganization, seedUser, testContext } from "@/test/context";
import { seedValue } from "@/test/integrations";
import { startFaultyService } from "@/test/oauth-service/faulty-service";
import { admin, db, service, useServiceBed } from "@/test/service-bed";
import { acceptHeldGrant } from "./accept-held-grant";
import { cancelHandshake } from "./cancel-handshake";
import { completeConnect } from "./complete-connect";
import { discardHeldGrant } from "./discard-held-grant";
import { disconnectConnection } from "./disconnect-connection";
import { startConnect } from "./start-connect";
import { testConnection } from "./test-connection";

useServiceBed();

const SECRET = "canary-client-secret";

function integrationInput(changes: Record<string, unknown> = {}, oauth: Record<string, unknown> = {}) {
  return {
    name: `Service_${randomUUID().slice(0, 8)}`,
    oauth: {
      flowType: "authorization_code",
      clientId: "client-1",
      clientSecret: SECRET,
      authorizationUrl: service.url("/authorize?tenant=1"),
      tokenUrl: service.url("/token"),
      revocationUrl: service.url("/revoke"),
      scopes: "offline_access Directory.Read.All",
      pkce: true,
      ...oauth,
    },
    ...changes,
  };
}

async function create(changes?: Record<string, unknown>, oauth?: Record<string, unknown>) {
  const { id } = await createIntegration(testContext(db, admin), integrationInput(changes, oauth));
  return getIntegration(testContext(db, admin), id);
}

/** Connect, then the service's page: what the browser would come back with. */
async function begin(integrationId: string, actor = admin) {
  const started = await startConnect(testContext(db, actor), { integrationId });
  if (started.kind !== "redirect") throw new Error("no redirect");
  const url = new URL(started.url);
  return { url, state: url.searchParams.get("state") ?? "" };
}

function callback(slug: string, params: Record<string, string>, actor = admin) {
  return completeConnect(testContext(db, actor), { slug, params: new URLSearchParams(params) });
}

async function connect(integration: { id: string; slug: string }) {
  const { state } = await begin(integration.id);
  return callback(integration.slug, { code: "the-code", state });
}

const view = (id: string) => getIntegration(testContext(db, admin), id);

function idToken(claims: Record<string, unknown>): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "none" })}.${part({ iss: "https://elsewhere.example", ...claims })}.c2ln`;
}

function answerFor(account: Record<string, unknown>, tokens: Record<string, unknown> = {}) {
  return {
    body: {
      access_token: "at-1",
      refresh_token: "rt-1",
      expires_in: 3600,
      id_token: idToken(account),
      ...tokens,
    },
  };
}

const ADA = { sub: "1", email: "ada@contoso.example", tid: "contoso" };
const BOB = { sub: "2", email: "bob@fabrikam.example", tid: "fabrikam" };

describe("connecting", () => {
  it("sends the browser to the service with PKCE and everything the admin set", async () => {
    const integration = await create({}, { audience: "api://x", authorizationParams: "prompt=consent" });
    const { url, state } = await begin(integration.id);
    expect(url.origin + url.pathname).toBe(service.url("/authorize"));
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      tenant: "1",
      response_type: "code",
      client_id: "client-1",
      redirect_uri: integration.redirectUri,
      scope: "offline_access Directory.Read.All",
      audience: "api://x",
      prompt: "consent",
      code_challenge_method: "S256",
    });
    expect(state).toHaveLength(43);
    expect((await view(integration.id)).connection?.waitingUntil).not.toBeNull();
    expect((await view(integration.id)).status).toBe("not_connected");
  });

  it("stores what comes, sealed to its place, and shows whose account it is", async () => {
    const integration = await create();
    service.always("/token", answerFor(ADA, { scope: "Directory.Read.All" }));
    await expect(connect(integration)).resolves.toEqual({
      outcome: "connected",
      integrationId: integration.id,
      organizationId: null,
    });
    const shown = await view(integration.id);
    expect(shown.status).toBe("active");
    expect(shown.connection).toMatchObject({
      waitingUntil: null,
      account: { label: "ada@contoso.example", tenant: "contoso" },
      connectedBy: admin.label,
      requestedScopes: ["offline_access", "Directory.Read.All"],
      grantedScopes: ["Directory.Read.All"],
      hasRefreshToken: true,
    });
    expect(JSON.stringify(shown)).not.toMatch(/at-1|rt-1|canary/);
    const row = await db.prisma.connection.findFirstOrThrow({ where: { integrationId: integration.id } });
    const place = { table: "Connection", id: row.id, field: "refreshToken" };
    expect(unseal(testContext(db).keyring, place, row.refreshToken ?? "")).toBe("rt-1");
    expect(service.requests.at(-1)?.params).toMatchObject({ code: "the-code", client_secret: SECRET });
  });

  it("takes a token at once with client credentials", async () => {
    const integration = await create({}, { flowType: "client_credentials", authorizationUrl: "" });
    const started = await startConnect(testContext(db, admin), { integrationId: integration.id });
    expect(started).toEqual({ kind: "connected" });
    expect((await view(integration.id)).status).toBe("active");
  });

  it("says what the service said when client credentials are refused, and keeps it on the connection", async () => {
    const integration = await create({}, { flowType: "client_credentials", authorizationUrl: "" });
    service.enqueue("/token", {
      status: 401,
      body: { error: "invalid_client", error_description: "Wrong secret." },
    });
    await expect(startConnect(testContext(db, admin), { integrationId: integration.id })).rejects.toThrow(
      /Wrong secret/,
    );
    const { status, connection } = await view(integration.id);
    expect(status).toBe("not_connected");
    expect(connection?.connectError?.message).toMatch(/Wrong secret/);
  });

  it("leaves the old tokens alone when a reconnect fails, and says why", async () => {
    const integration = await create();
    await connect(integration);
    service.enqueue("/token", {
      status: 400,
      body: { error: "invalid_grant", error_description: "Code is spent." },
    });
    await expect(connect(integration)).resolves.toMatchObject({ outcome: "failed" });
    const shown = await view(integration.id);
    expect(shown.status).toBe("active");
    expect(shown.connection?.connectError).toMatchObject({ code: "invalid_grant" });
    expect(shown.connection?.connectError?.message).toMatch(/Code is spent/);
    await connect(integration);
    expect((await view(integration.id)).connection?.connectError).toBeNull();
  });

  it("brings the admin back with the service's own words after a Cancel", async () => {
    const integration = await create();
    const { state } = await begin(integration.id);
    const params = { state, error: "access_denied", error_description: "The user pressed Cancel." };
    await expect(callback(integration.slug, params)).resolves.toMatchObject({ outcome: "failed" });
    expect((await view(integration.id)).connection?.connectError?.message).toMatch(/pressed Cancel/);
  });

  it("names the placeholder that has no value before anybody is redirected", async () => {
    const tokenUrl = `${service.origin}/{entity_id}/token`;
    const integration = await create({}, { tokenUrl });
    await expect(begin(integration.id)).rejects.toThrow(/entity_id/);
    expect(service.requests).toHaveLength(0);
  });

  it("puts the default entity ID into both URLs", async () => {
    const urls = {
      authorizationUrl: `${service.origin}/{entity_id}/authorize`,
      tokenUrl: `${service.origin}/{entity_id}/token`,
    };
    const integration = await create({ defaultEntityId: "common" }, urls);
    service.always("/common/token", answerFor(ADA));
    const { url, state } = await begin(integration.id);
    expect(url.pathname).toBe("/common/authorize");
    await expect(callback(integration.slug, { code: "c", state })).resolves.toMatchObject({
      outcome: "connected",
    });
  });

  it("lets two handshakes of one integration both finish; the last is kept", async () => {
    const integration = await create();
    const first = await begin(integration.id);
    const second = await begin(integration.id);
    service.enqueue(
      "/token",
      answerFor(ADA, { access_token: "at-second" }),
      answerFor(ADA, { access_token: "at-first" }),
    );
    await callback(integration.slug, { code: "c2", state: second.state });
    expect((await view(integration.id)).connection?.waitingUntil).toBeNull();
    await callback(integration.slug, { code: "c1", state: first.state });
    const row = await db.prisma.connection.findFirstOrThrow({ where: { integrationId: integration.id } });
    const place = { table: "Connection", id: row.id, field: "accessToken" };
    expect(unseal(testContext(db).keyring, place, row.accessToken ?? "")).toBe("at-first");
  });
});

describe("a callback", () => {
  async function refused(act: (facts: { slug: string; state: string; id: string }) => Promise<unknown>) {
    const integration = await create();
    await connect(integration);
    const asked = service.requests.length;
    const { state } = await begin(integration.id);
    const outcome = await act({ slug: integration.slug, state, id: integration.id });
    expect(service.requests).toHaveLength(asked);
    expect((await view(integration.id)).status).toBe("active");
    return { outcome, state, integration };
  }
  const unknown = { outcome: "refused", reason: "state_unknown" };

  it("without a state is refused", async () => {
    const { outcome } = await refused(({ slug }) => callback(slug, { code: "c" }));
    expect(outcome).toEqual({ outcome: "refused", reason: "state_missing" });
  });

  it("with a forged state is refused", async () => {
    const { outcome } = await refused(({ slug }) => callback(slug, { code: "c", state: "x".repeat(43) }));
    expect(outcome).toEqual(unknown);
  });

  it("of another user is refused, and does not burn the handshake", async () => {
    const other = await seedUser(db, "platform_admin");
    const { outcome, integration, state } = await refused(({ slug, state }) =>
      callback(slug, { code: "c", state }, other),
    );
    expect(outcome).toEqual(unknown);
    await expect(callback(integration.slug, { code: "c", state })).resolves.toMatchObject({
      outcome: "connected",
    });
  });

  it("of another session of the same user is refused", async () => {
    const elsewhere = { ...admin, sid: randomUUID() };
    const { outcome } = await refused(({ slug, state }) => callback(slug, { code: "c", state }, elsewhere));
    expect(outcome).toEqual(unknown);
  });

  it("whose state was issued for another integration is refused", async () => {
    const other = await create();
    const { outcome } = await refused(({ state }) => callback(other.slug, { code: "c", state }));
    expect(outcome).toEqual(unknown);
  });

  it("that is replayed is refused", async () => {
    const integration = await create();
    const { state } = await begin(integration.id);
    await callback(integration.slug, { code: "c", state });
    await expect(callback(integration.slug, { code: "c", state })).resolves.toEqual(unknown);
  });

  it("that comes twice at once is taken once", async () => {
    const integration = await create();
    const { state } = await begin(integration.id);
    const both = await Promise.all([1, 2].map(() => callback(integration.slug, { code: "c", state })));
    expect(both.map((result) => result.outcome).sort()).toEqual(["connected", "refused"]);
  });

  it("after ten minutes is refused", async () => {
    const integration = await create();
    const { state } = await begin(integration.id);
    const later = testContext(db, admin, { now: () => new Date(Date.now() + 10 * 60_000 + 1) });
    const params = new URLSearchParams({ code: "c", state });
    await expect(completeConnect(later, { slug: integration.slug, params })).resolves.toEqual(unknown);
  });

  it("of a user demoted meanwhile is refused", async () => {
    const { outcome } = await refused(({ slug, state }) =>
      callback(slug, { code: "c", state }, { ...admin, role: "viewer" }),
    );
    expect(outcome).toEqual({ outcome: "refused", reason: "forbidden" });
  });

  it("for an integration deleted meanwhile is refused", async () => {
    const integration = await create();
    const { state } = await begin(integration.id);
    await deleteIntegration(testContext(db, admin), { id: integration.id, confirmName: integration.name });
    await expect(callback(integration.slug, { code: "c", state })).resolves.toEqual(unknown);
  });

  it("with the iss of another server than the Issuer set is refused", async () => {
    const integration = await create({}, { issuer: "https://login.example.com" });
    const { state } = await begin(integration.id);
    const result = await callback(integration.slug, { code: "c", state, iss: "https://evil.example.com" });
    expect(result).toMatchObject({ outcome: "failed" });
    expect(service.requests).toHaveLength(0);
  });

  it("with the very Issuer set is taken, a host alone and values in it too", async () => {
    const { origin } = new URL(service.url("/"));
    for (const [issuer, iss] of [
      [origin, origin],
      [`${origin}/{entity_id}/v2.0`, `${origin}/contoso/v2.0`],
    ] as const) {
      const integration = await create({ defaultEntityId: "contoso" }, { issuer });
      const { state } = await begin(integration.id);
      const result = await callback(integration.slug, { code: "the-code", state, iss });
      expect(result).toMatchObject({ outcome: "connected" });
    }
  });

  it("is dropped and the tokens given back when the OAuth client was changed at the service's back", async () => {
    const integration = await create();
    const { state } = await begin(integration.id);
    const edited = Promise.withResolvers<void>();
    service.enqueue("/token", {
      until: edited.promise,
      body: { access_token: "late", refresh_token: "late-rt" },
    });
    const pending = callback(integration.slug, { code: "c", state });
    await vi.waitFor(() => expect(service.requests).toHaveLength(1));
    const changed = integrationInput({ name: integration.name }, { clientId: "another-client" });
    await updateIntegration(testContext(db, admin), {
      ...changed,
      id: integration.id,
      version: integration.version,
    });
    edited.resolve();
    await expect(pending).resolves.toMatchObject({ outcome: "failed" });
    expect((await view(integration.id)).status).toBe("not_connected");
    expect(service.requests.filter((request) => request.path === "/revoke")).not.toHaveLength(0);
  });
});

describe("whose account it is", () => {
  async function connectedAsAda() {
    const integration = await create();
    service.enqueue(
      "/token",
      answerFor(ADA),
      answerFor(BOB, { access_token: "at-bob", refresh_token: "rt-bob" }),
    );
    await connect(integration);
    await expect(connect(integration)).resolves.toMatchObject({ outcome: "held" });
    return integration;
  }

  it("holds the consent of another account than before, and the old tokens go on", async () => {
    const integration = await connectedAsAda();
    const { connection } = await view(integration.id);
    expect(connection?.account?.label).toBe("ada@contoso.example");
    expect(connection?.heldGrant).toMatchObject({
      reason: "account_changed",
      account: { label: "bob@fabrikam.example", tenant: "fabrikam" },
    });
  });

  it("uses the new account when the admin accepts it", async () => {
    const integration = await connectedAsAda();
    await acceptHeldGrant(testContext(db, admin), { integrationId: integration.id });
    const { connection } = await view(integration.id);
    expect(connection?.account?.label).toBe("bob@fabrikam.example");
    expect(connection?.heldGrant).toBeNull();
    const again = acceptHeldGrant(testContext(db, admin), { integrationId: integration.id });
    await expect(again).rejects.toMatchObject({ code: "connection_not_found" });
  });

  it("revokes and forgets the new account when the admin keeps the old", async () => {
    const integration = await connectedAsAda();
    await discardHeldGrant(testContext(db, admin), { integrationId: integration.id });
    const { connection } = await view(integration.id);
    expect(connection?.account?.label).toBe("ada@contoso.example");
    expect(connection?.heldGrant).toBeNull();
    const revoked = service.requests.filter((request) => request.path === "/revoke");
    expect(revoked.map((request) => request.params.token)).toEqual(["rt-bob", "at-bob"]);
  });

  it("asks the identity request where the token answer does not say", async () => {
    const integration = await create({}, { identityUrl: service.url("/me") });
    service.always("/me", { body: { id: "7", email: "eve@example.com" } });
    await connect(integration);
    expect((await view(integration.id)).connection?.account?.label).toBe("eve@example.com");
  });

  it("connects all the same when the identity request fails", async () => {
    const integration = await create({}, { identityUrl: service.url("/me") });
    service.always("/me", { status: 500, body: "oops" });
    await expect(connect(integration)).resolves.toMatchObject({ outcome: "connected" });
  });
});

describe("disconnecting", () => {
  it("revokes the refresh token first, then forgets everything", async () => {
    const integration = await create();
    await connect(integration);
    const result = await disconnectConnection(testContext(db, admin), { integrationId: integration.id });
    expect(result).toEqual({ revoked: true, message: null });
    const revoked = service.requests.filter((request) => request.path === "/revoke");
    expect(revoked.map((request) => request.params.token_type_hint)).toEqual([
      "refresh_token",
      "access_token",
    ]);
    const row = await db.prisma.connection.findFirstOrThrow({ where: { integrationId: integration.id } });
    expect(row).toMatchObject({
      status: "not_connected",
      accessToken: null,
      refreshToken: null,
      accountLabel: null,
    });
  });

  it("forgets the tokens even if the service does not revoke them, and says so", async () => {
    const integration = await create();
    await connect(integration);
    service.always("/revoke", { status: 503, body: "down" });
    const result = await disconnectConnection(testContext(db, admin), { integrationId: integration.id });
    expect(result.revoked).toBe(false);
    expect(result.message).toMatch(/503/);
    expect((await view(integration.id)).status).toBe("not_connected");
  });

  it("revokes what a refresh stores meanwhile too, and forgets that", async () => {
    const integration = await create();
    await connect(integration);
    const { id } = await db.prisma.connection.findFirstOrThrow({ where: { integrationId: integration.id } });
    const refreshed = Promise.withResolvers<void>();
    service.enqueue("/revoke", { until: refreshed.promise, status: 200 });
    const pending = disconnectConnection(testContext(db, admin), { integrationId: integration.id });
    const revoked = () =>
      service.requests.filter(({ path }) => path === "/revoke").map(({ params }) => params["token"]);
    await vi.waitFor(() => expect(revoked()).toHaveLength(1));
    service.enqueue("/token", { body: { access_token: "at-2", refresh_token: "rt-2", expires_in: 3_600 } });
    await refreshConnection(testContext(db), { connectionId: id, reason: "sdk", waitMs: 20_000 });
    refreshed.resolve();
    expect(await pending).toEqual({ revoked: true, message: null });
    expect(revoked().slice(-2)).toEqual(["rt-2", "at-2"]);
    const row = await db.prisma.connection.findUniqueOrThrow({ where: { id } });
    expect(row).toMatchObject({ status: "not_connected", refreshToken: null });
  });

  it("does not take another account for a change after it", async () => {
    const integration = await create();
    service.enqueue("/token", answerFor(ADA), answerFor(BOB));
    await connect(integration);
    await disconnectConnection(testContext(db, admin), { integrationId: integration.id });
    await expect(connect(integration)).resolves.toMatchObject({ outcome: "connected" });
  });
});

describe("an organization's own connection", () => {
  async function mapped(entityId: string | null = "contoso", oauth: Record<string, unknown> = {}) {
    const integration = await create(
      { defaultEntityId: "common" },
      {
        authorizationUrl: `${service.origin}/{entity_id}/authorize`,
        tokenUrl: `${service.origin}/{entity_id}/token`,
        ...oauth,
      },
    );
    const { id: organizationId } = await seedOrganization(db);
    await db.prisma.mapping.create({ data: { integrationId: integration.id, organizationId, entityId } });
    return { integration, organizationId, input: { integrationId: integration.id, organizationId } };
  }

  async function connectFor(
    input: { integrationId: string; organizationId: string },
    slug: string,
    actor = admin,
  ) {
    const started = await startConnect(testContext(db, actor), input);
    if (started.kind !== "redirect") throw new Error("no redirect");
    const url = new URL(started.url);
    const outcome = await callback(slug, { code: "c", state: url.searchParams.get("state") ?? "" }, actor);
    return { url, outcome };
  }

  const own = (integrationId: string) =>
    db.prisma.connection.findFirst({
      where: { integrationId, mappingId: { not: null } },
      include: { heldGrant: true },
    });

  it("is made with that organization's values, beside the default one", async () => {
    const { integration, organizationId, input } = await mapped();
    service.always("/contoso/token", answerFor(ADA));
    const { url, outcome } = await connectFor(input, integration.slug);
    expect(url.pathname).toBe("/contoso/authorize");
    expect(outcome).toEqual({ outcome: "connected", integrationId: integration.id, organizationId });
    expect(await own(integration.id)).toMatchObject({ status: "active", entityId: "contoso" });
    expect((await view(integration.id)).status).toBe("not_connected");
  });

  it("is held when the consent is for another tenant than the mapping's", async () => {
    const { integration, input } = await mapped();
    service.always("/contoso/token", answerFor(BOB));
    const { outcome } = await connectFor(input, integration.slug);
    expect(outcome).toMatchObject({ outcome: "held" });
    const held = await own(integration.id);
    expect(held).toMatchObject({ status: "not_connected", heldGrant: { reason: "tenant_mismatch" } });
    await acceptHeldGrant(testContext(db, admin), input);
    expect(await own(integration.id)).toMatchObject({ status: "active", accountTenant: "fabrikam" });
  });

  it("is the mapping's where that names the tenant by one of its domains", async () => {
    const { integration, input } = await mapped();
    const identityUrl = service.url("/v1.0/me");
    await db.prisma.oAuthClient.updateMany({
      where: { integrationId: integration.id },
      data: { identityUrl },
    });
    service.always("/contoso/token", answerFor(BOB));
    service.always("/v1.0/me", { body: { id: BOB.sub, userPrincipalName: BOB.email } });
    const verifiedDomains = [{ name: "contoso.example" }, { name: "Contoso" }];
    service.always("/v1.0/organization", { body: { value: [{ id: BOB.tid, verifiedDomains }] } });
    for (let consent = 0; consent < 2; consent++) {
      const { outcome } = await connectFor(input, integration.slug);
      expect(outcome).toMatchObject({ outcome: "connected" });
      expect(await own(integration.id)).toMatchObject({ status: "active", accountTenant: "contoso" });
    }
    // The same tenant by its own id, which the token tells too: that it is the one of before, its names alone say.
    await db.prisma.mapping.updateMany({ where: input, data: { entityId: BOB.tid } });
    service.always("/fabrikam/token", answerFor(BOB));
    expect((await connectFor(input, integration.slug)).outcome).toMatchObject({ outcome: "connected" });
    expect(await own(integration.id)).toMatchObject({ status: "active", accountTenant: BOB.tid });
    await db.prisma.mapping.updateMany({ where: input, data: { entityId: "contoso" } });
    expect((await connectFor(input, integration.slug)).outcome).toMatchObject({ outcome: "connected" });
    service.always("/v1.0/organization", { body: { value: [{ id: BOB.tid, verifiedDomains: [] }] } });
    expect((await connectFor(input, integration.slug)).outcome).toMatchObject({ outcome: "held" });
  });

  it("is dropped when the mapping meant another customer by the time the consent came", async () => {
    const { integration, input } = await mapped();
    const moved = Promise.withResolvers<void>();
    service.always("/contoso/token", { ...answerFor(ADA), until: moved.promise });
    const pending = connectFor(input, integration.slug);
    await vi.waitFor(() => expect(service.requests).toHaveLength(1));
    await db.prisma.mapping.updateMany({ where: input, data: { entityId: "fabrikam" } });
    moved.resolve();
    expect((await pending).outcome).toMatchObject({ outcome: "failed" });
    expect(await own(integration.id)).toMatchObject({ status: "not_connected", accessToken: null });
  });

  it("is not begun where the mapping stops to mean that customer in this moment", async () => {
    const { integration, organizationId, input } = await mapped();
    const started = await commitOnceWaitedFor(
      db,
      [`UPDATE "Mapping" SET "entityId" = 'fabrikam' WHERE "organizationId" = $1`, [organizationId]],
      () => startConnect(testContext(db, admin), input),
    );
    expect(started).toMatchObject({ code: "connection_changed" });
    expect(await db.prisma.handshake.count({ where: { integrationId: integration.id } })).toBe(0);
  });

  it("is not taken from what was held where the mapping stops to mean that customer in this moment", async () => {
    const { integration, organizationId, input } = await mapped();
    service.always("/contoso/token", answerFor(BOB));
    await connectFor(input, integration.slug);
    const accepted = await commitOnceWaitedFor(
      db,
      [`UPDATE "Mapping" SET "entityId" = 'fabrikam' WHERE "organizationId" = $1`, [organizationId]],
      () => acceptHeldGrant(testContext(db, admin), input),
    );
    expect(accepted).toMatchObject({ code: "connection_changed" });
    expect(await own(integration.id)).toMatchObject({ status: "not_connected", accessToken: null });
  });

  it("is the organization's own admin's to connect and disconnect, and no stranger's", async () => {
    const { integration, organizationId, input } = await mapped();
    service.always("/contoso/token", answerFor(ADA));
    const insider = await seedUser(db, "organization_admin", organizationId);
    await expect(connectFor(input, integration.slug, insider)).resolves.toMatchObject({
      outcome: { outcome: "connected" },
    });
    const stranger = await seedUser(db, "organization_admin", (await seedOrganization(db)).id);
    for (const verb of [startConnect, disconnectConnection, testConnection, cancelHandshake]) {
      await expect(verb(testContext(db, stranger), input)).rejects.toMatchObject({ code: "scope_forbidden" });
    }
    await disconnectConnection(testContext(db, insider), input);
    expect(await own(integration.id)).toMatchObject({ status: "not_connected" });
  });

  it("needs a mapping first", async () => {
    const integration = await create();
    const { id: organizationId } = await seedOrganization(db);
    const attempt = startConnect(testContext(db, admin), { integrationId: integration.id, organizationId });
    await expect(attempt).rejects.toMatchObject({ code: "mapping_not_found" });
  });

  it("takes a token for that organization at once with client credentials", async () => {
    const { integration, input } = await mapped("contoso", { flowType: "client_credentials" });
    service.always("/contoso/token", answerFor(ADA));
    await expect(startConnect(testContext(db, admin), input)).resolves.toEqual({ kind: "connected" });
    expect(await own(integration.id)).toMatchObject({ status: "active", entityId: "contoso" });
  });

  it.each([
    [
      "mapping names another entity",
      (input: { integrationId: string; organizationId: string }) =>
        upsertMapping(testContext(db, admin), { ...input, entityId: "fabrikam" }),
    ],
    [
      "mapping is removed",
      (input: { integrationId: string; organizationId: string }) =>
        deleteMapping(testContext(db, admin), input),
    ],
    [
      "OAuth client is another one",
      async ({ integrationId }: { integrationId: string }) => {
        const changed = { flowType: "client_credentials", tokenUrl: service.url("/{entity_id}/token") };
        await save(await view(integrationId), {}, { ...changed, clientId: "another-client" });
      },
    ],
  ])("keeps no token that comes by client credentials after the %s", async (_, change) => {
    const { integration, input } = await mapped("contoso", { flowType: "client_credentials" });
    const answer = Promise.withResolvers<void>();
    service.always("/contoso/token", { ...answerFor(ADA), until: answer.promise });
    const pending = startConnect(testContext(db, admin), input).catch((error: unknown) => error);
    await vi.waitFor(
      () => expect(service.requests.some(({ path }) => path === "/contoso/token")).toBe(true),
      20_000,
    );
    await change(input);
    answer.resolve();
    expect(await pending).toMatchObject({ code: "connection_changed" });
    expect((await own(integration.id))?.accessToken ?? null).toBeNull();
  });

  it("puts the organization's override into the URL", async () => {
    const integration = await create(
      { presetId: "halopsa", config: { subdomain: "acme" } },
      { tokenUrl: `${service.origin}/{subdomain}/token` },
    );
    const { id: organizationId } = await seedOrganization(db);
    const mapping = await db.prisma.mapping.create({
      data: { integrationId: integration.id, organizationId },
    });
    const field = await db.prisma.configField.findFirstOrThrow({
      where: { integrationId: integration.id, key: "subdomain" },
    });
    await db.prisma.configValue.create({
      data: { integrationId: integration.id, fieldId: field.id, mappingId: mapping.id, value: "contoso-psa" },
    });
    service.always("/contoso-psa/token", answerFor(ADA));
    const { outcome } = await connectFor({ integrationId: integration.id, organizationId }, integration.slug);
    expect(outcome).toMatchObject({ outcome: "connected" });
  });
});

describe("an origin that changes", () => {
  it("clears the client secret, asks for a new consent, and sends nothing there", async () => {
    const integration = await create();
    await connect(integration);
    const moved = integrationInput(
      { name: integration.name },
      { clientSecret: "", tokenUrl: "https://evil.example.com/token" },
    );
    const saved = await updateIntegration(testContext(db, admin), {
      ...moved,
      id: integration.id,
      version: integration.version,
    });
    expect(saved.notice).toMatch(/evil\.example\.com.*cleared/s);
    const shown = await view(integration.id);
    expect(shown.status).toBe("reconnect_required");
    expect(shown.oauth?.clientSecret).toBeNull();
    await expect(begin(integration.id)).rejects.toMatchObject({ errors: [{ path: "oauth.clientSecret" }] });
    const result = await disconnectConnection(testContext(db, admin), { integrationId: integration.id });
    expect(result.message).toMatch(/Token URL has changed/);
  });

  it("clears a private key as well, says so, and leaves it in the log", async () => {
    const integration = await create();
    await db.prisma.oAuthClient.update({
      where: { integrationId: integration.id },
      data: { privateKey: "sealed", privateKeySetAt: new Date() },
    });
    const moved = integrationInput(
      { name: integration.name },
      { clientSecret: "new", tokenUrl: "https://evil.example.com/token" },
    );
    const { notice } = await updateIntegration(testContext(db, admin), {
      ...moved,
      id: integration.id,
      version: integration.version,
    });
    expect(notice).toContain("The private key was cleared");
    expect((await view(integration.id)).oauth).toMatchObject({
      clientSecret: expect.any(Object),
      privateKey: null,
    });
    const entry = await db.prisma.auditEvent.findFirstOrThrow({
      where: { targetId: integration.id, action: "integration.update" },
    });
    expect(entry.after).toMatchObject({ privateKeyCleared: true });
  });

  it("keeps the secret that is entered anew in the same save", async () => {
    const integration = await create();
    const moved = integrationInput(
      { name: integration.name },
      { clientSecret: "new", tokenUrl: "https://other.example.com/token" },
    );
    await updateIntegration(testContext(db, admin), {
      ...moved,
      id: integration.id,
      version: integration.version,
    });
    expect((await view(integration.id)).oauth?.clientSecret).not.toBeNull();
  });

  it("is seen in the test URL too", async () => {
    const integration = await create();
    await connect(integration);
    const moved = integrationInput(
      { name: integration.name, testUrl: "https://evil.example.com/" },
      { clientSecret: "" },
    );
    await updateIntegration(testContext(db, admin), {
      ...moved,
      id: integration.id,
      version: integration.version,
    });
    expect((await view(integration.id)).status).toBe("reconnect_required");
  });

  it("of the Test URL is not sent the token that was made before, by Test connection or a held consent", async () => {
    const integration = await create();
    service.enqueue("/token", answerFor(ADA), answerFor(BOB));
    await connect(integration);
    await expect(connect(integration)).resolves.toMatchObject({ outcome: "held" });
    const elsewhere = await startFaultyService();
    try {
      await save(integration, { testUrl: elsewhere.url("/users") });
      const input = { integrationId: integration.id };
      await expect(acceptHeldGrant(testContext(db, admin), input)).rejects.toMatchObject({
        code: "connection_not_found",
      });
      const result = await testConnection(testContext(db, admin), input);
      expect(result).toMatchObject({ ok: false, status: null, message: expect.stringMatching(/Reconnect/) });
      expect(elsewhere.requests).toHaveLength(0);
      elsewhere.always("/users", { body: {} });
      service.always("/token", answerFor(ADA));
      await connect(integration);
      await expect(testConnection(testContext(db, admin), input)).resolves.toMatchObject({ ok: true });
    } finally {
      await elsewhere.close();
    }
  });

  it("of the Revocation URL is not sent the tokens at Disconnect, which says so", async () => {
    const integration = await create();
    await connect(integration);
    const elsewhere = await startFaultyService();
    try {
      await save(integration, {}, { revocationUrl: elsewhere.url("/revoke") });
      const result = await disconnectConnection(testContext(db, admin), { integrationId: integration.id });
      expect(result).toMatchObject({ revoked: false, message: expect.stringMatching(/not revoked/) });
      expect(elsewhere.requests).toHaveLength(0);
      expect((await view(integration.id)).status).toBe("not_connected");
    } finally {
      await elsewhere.close();
    }
  });
});

async function save(
  { id, name, version }: { id: string; name: string; version: number },
  changes: Record<string, unknown>,
  oauth: Record<string, unknown> = {},
) {
  const input = { ...integrationInput({ name, ...changes }, oauth), id, version };
  return updateIntegration(testContext(db, admin), input);
}

describe("Test connection", () => {
  it("shows status and the start of what the service says, the token masked", async () => {
    const integration = await create({ testUrl: service.url("/users") });
    service.always("/token", answerFor(ADA));
    service.always("/users", (request) => ({
      body: { value: ["Ada"], echo: request.headers.authorization },
    }));
    await connect(integration);
    const result = await testConnection(testContext(db, admin), { integrationId: integration.id });
    expect(result).toMatchObject({ ok: true, status: 200 });
    expect(result.bodyStart).toContain("Ada");
    expect(result.bodyStart).not.toContain("at-1");
    expect(service.requests.at(-1)?.headers.authorization).toBe("Bearer at-1");
  });

  it("says what a 401 means", async () => {
    const integration = await create({ testUrl: service.url("/users") });
    service.always("/users", { status: 401, body: {} });
    await connect(integration);
    const result = await testConnection(testContext(db, admin), { integrationId: integration.id });
    expect(result).toMatchObject({
      ok: false,
      status: 401,
      message: expect.stringMatching(/Refresh token gets another one/),
    });
  });

  it("judges the expiry by the database's clock, and leaves what comes by itself to do so", async () => {
    const integration = await create({}, { flowType: "client_credentials", authorizationUrl: undefined });
    await startConnect(testContext(db, admin), { integrationId: integration.id });
    const input = { integrationId: integration.id };
    const ahead = { now: () => new Date(Date.now() + 30 * 86_400_000) };
    await expect(testConnection(testContext(db, admin, ahead), input)).resolves.toMatchObject({ ok: true });
    await db.pool.query(
      `UPDATE "Connection" SET "expiresAt" = clock_timestamp() - interval '1 s' WHERE "integrationId" = $1`,
      [integration.id],
    );
    const behind = { now: () => new Date(Date.now() - 86_400_000) };
    const result = await testConnection(testContext(db, admin, behind), input);
    expect(result).toMatchObject({ ok: false, basis: "token", status: null });
    expect(result.message).toMatch(/The next script that asks gets a new one/);
  });

  it("says only whether the token is valid where there is no test URL", async () => {
    const integration = await create();
    await connect(integration);
    const asked = service.requests.length;
    const result = await testConnection(testContext(db, admin), { integrationId: integration.id });
    expect(result).toMatchObject({ ok: true, basis: "token", status: null });
    expect(service.requests).toHaveLength(asked);
  });
});

describe("Test connection without OAuth", () => {
  async function withKey(testUrl: string | null = service.url("/ping")) {
    const { id } = await createIntegration(testContext(db, admin), {
      name: `Service_${randomUUID().slice(0, 8)}`,
      presetId: "generic-api-key",
      ...(testUrl === null ? {} : { testUrl }),
      config: {
        base_url: service.origin,
        api_key: "canary-api-key",
        header_name: "X-Api-Key",
      },
    });
    return getIntegration(testContext(db, admin), id);
  }

  it("asks with the values of the config fields, and masks them in what it shows", async () => {
    const integration = await withKey();
    service.always("/ping", (request) => ({ body: { pong: true, echo: request.headers["x-api-key"] } }));
    const result = await testConnection(testContext(db, admin), { integrationId: integration.id });
    expect(result).toMatchObject({ ok: true, status: 200 });
    expect(service.requests.at(-1)?.headers["x-api-key"]).toContain("canary-api-key");
    expect(result.bodyStart).toContain("pong");
    expect(result.bodyStart).not.toContain("canary");
  });

  it("does not show an organization what the provider's own key can see", async () => {
    const integration = await withKey();
    service.always("/ping", { body: { everybody: true } });
    const { id: organizationId } = await seedOrganization(db);
    await db.prisma.mapping.create({ data: { integrationId: integration.id, organizationId } });
    const insider = await seedUser(db, "organization_admin", organizationId);
    const input = { integrationId: integration.id, organizationId };
    await expect(testConnection(testContext(db, insider), input)).resolves.toMatchObject({
      ok: true,
      bodyStart: null,
    });
  });

  it("sends a default secret where overrides lead for a platform admin alone, and an own one for everybody", async () => {
    const { id: integrationId } = await withKey(null);
    const { id: organizationId } = await seedOrganization(db);
    const input = { integrationId, organizationId };
    const people = [
      await seedUser(db, "technician"),
      await seedUser(db, "organization_admin", organizationId),
    ] as const;
    const [technician] = people;
    const test = (actor: UserActor) => testConnection(testContext(db, actor), input);
    const elsewhere = await startFaultyService();
    elsewhere.always("/", { body: {} });
    try {
      const set = (config: Record<string, unknown>) =>
        upsertMapping(testContext(db, technician), { ...input, config });
      await set({ header_name: "X-Other" });
      await expect(test(technician)).resolves.toMatchObject({ status: expect.any(Number) as number });
      await set({ base_url: elsewhere.origin });
      for (const person of people)
        await expect(test(person)).rejects.toMatchObject({
          code: "permission_denied",
          message: expect.stringContaining(elsewhere.origin) as string,
        });
      expect(elsewhere.requests).toHaveLength(0);
      await expect(test(admin)).resolves.toMatchObject({ status: expect.any(Number) as number });
      await set({ api_key: "their-own-key" });
      await expect(test(technician)).resolves.toMatchObject({ status: expect.any(Number) as number });
      expect(elsewhere.requests).toHaveLength(2);
    } finally {
      await elsewhere.close();
    }
  });

  it("asks a Test URL without the values where nobody knows how they are sent, and says so", async () => {
    const test = async (changes: Record<string, unknown>) => {
      const name = `Service_${randomUUID().slice(0, 8)}`;
      const { id: integrationId } = await createIntegration(testContext(db, admin), { name, ...changes });
      await seedValue(db, integrationId, { key: "own_key", type: "secret", secret: "canary-of-custom" });
      return testConnection(testContext(db, admin), { integrationId });
    };
    service.always("/status", { status: 401, body: {} });
    await expect(test({ testUrl: service.url("/status") })).resolves.toMatchObject({
      ok: true,
      basis: "reach",
      status: 401,
      message: expect.stringMatching(/not sent/),
    });
    expect(JSON.stringify(service.requests.at(-1))).not.toContain("canary");
    expect(service.requests.at(-1)?.headers.authorization).toBeUndefined();
    const asked = service.requests.length;
    const config = { base_url: service.origin, api_key: "k", api_secret_key: "wrong" };
    await expect(test({ presetId: "datto-rmm", config })).resolves.toMatchObject({
      ok: true,
      basis: "values",
      status: null,
      message: expect.stringMatching(/^All required values are there\..*password grant/),
    });
    expect(service.requests).toHaveLength(asked);
  });

  it("names what has no value", async () => {
    const integration = await withKey();
    await db.prisma.configValue.deleteMany({
      where: { integrationId: integration.id, field: { key: "api_key" } },
    });
    const attempt = testConnection(testContext(db, admin), { integrationId: integration.id });
    await expect(attempt).rejects.toMatchObject({ errors: [{ path: "config.api_key" }] });
  });
});

describe("who may", () => {
  it.each([["viewer"], ["organization_admin"]] as const)(
    "a %s not connect a global integration",
    async (role) => {
      const organization = role === "organization_admin" ? (await seedOrganization(db)).id : undefined;
      const actor = await seedUser(db, role, organization);
      const integration = await create();
      const denied = { code: "permission_denied" };
      await expect(begin(integration.id, actor)).rejects.toMatchObject(denied);
      const input = { integrationId: integration.id };
      await expect(disconnectConnection(testContext(db, actor), input)).rejects.toMatchObject(denied);
      await expect(testConnection(testContext(db, actor), input)).rejects.toMatchObject(denied);
      await expect(acceptHeldGrant(testContext(db, actor), input)).rejects.toMatchObject(denied);
      await expect(discardHeldGrant(testContext(db, actor), input)).rejects.toMatchObject(denied);
      await expect(cancelHandshake(testContext(db, actor), input)).rejects.toMatchObject(denied);
    },
  );

  it("another organization's admin sees nothing of an owned integration", async () => {
    const [owner, stranger] = [await seedOrganization(db), await seedOrganization(db)];
    const integration = await create({ organizationId: owner.id });
    const outsider = await seedUser(db, "organization_admin", stranger.id);
    await expect(begin(integration.id, outsider)).rejects.toMatchObject({ code: "integration_not_found" });
    const insider = await seedUser(db, "organization_admin", owner.id);
    await expect(begin(integration.id, insider)).resolves.toBeDefined();
  });
});

it("connects no deactivated organization, neither from the start nor for one deactivated meanwhile", async () => {
  const integration = await create();
  const name = `Contoso ${randomUUID().slice(0, 8)}`;
  const { id: organizationId } = await seedOrganization(db, name);
  await db.prisma.mapping.create({ data: { integrationId: integration.id, organizationId } });
  const input = { integrationId: integration.id, organizationId };
  const started = await startConnect(testContext(db, admin), input);
  const state = started.kind === "redirect" ? (new URL(started.url).searchParams.get("state") ?? "") : "";
  await db.prisma.organization.update({ where: { id: organizationId }, data: { isActive: false } });
  const asked = service.requests.length;
  await expect(callback(integration.slug, { code: "the-code", state })).resolves.toEqual({
    outcome: "refused",
    reason: "deactivated",
  });
  expect(service.requests).toHaveLength(asked);
  await expect(startConnect(testContext(db, admin), input)).rejects.toMatchObject({
    code: "conflict",
    message: `${name} is deactivated. Reactivate it under Organizations first.`,
  });
});

it("stops waiting for the consents that this person began, and no others", async () => {
  const integration = await create();
  const other = await seedUser(db, "platform_admin");
  const theirs = await begin(integration.id, other);
  await begin(integration.id);
  await cancelHandshake(testContext(db, admin), { integrationId: integration.id });
  expect(await db.prisma.handshake.count({ where: { integrationId: integration.id } })).toBe(1);
  await expect(callback(integration.slug, { code: "c", state: theirs.state }, other)).resolves.toMatchObject({
    outcome: "connected",
  });
});

it("stores no secret in plain text and names none in the audit log", async () => {
  const integration = await create();
  service.always("/token", answerFor(ADA, { access_token: "canary-at", refresh_token: "canary-rt" }));
  await connect(integration);
  await begin(integration.id);
  const tables = ["OAuthClient", "Connection", "Handshake", "HeldGrant", "AuditEvent", "Integration"];
  const dumps = await Promise.all(tables.map((table) => db.pool.query(`SELECT * FROM "${table}"`)));
  expect(JSON.stringify(dumps.map((dump) => dump.rows))).not.toMatch(/canary/);
});
