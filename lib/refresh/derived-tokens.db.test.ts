import { describe, expect, it, vi } from "vitest";
import { createApiKey } from "@/lib/api-keys/create-api-key";
import type { ApiKeyActor, UserActor } from "@/lib/auth/actor";
import { completeConnect } from "@/lib/connections/complete-connect";
import { disconnectConnection } from "@/lib/connections/disconnect-connection";
import { startConnect } from "@/lib/connections/start-connect";
import { updateIntegration } from "@/lib/integrations/update-integration";
import { setOrganizationPolicy } from "@/lib/integrations/set-organization-policy";
import { getEffectiveResult } from "@/lib/mappings/get-effective-result";
import { getMappingView } from "@/lib/mappings/get-mapping-view";
import { listMappingRows } from "@/lib/mappings/list-mapping-rows";
import { getMapping } from "@/lib/mappings/queries";
import { deleteMapping } from "@/lib/mappings/delete-mapping";
import { upsertMapping } from "@/lib/mappings/upsert-mapping";
import { connectIntegration, consent } from "@/test/connected-integration";
import { seedOrganization, testContext } from "@/test/context";
import { admin, db, service, useServiceBed } from "@/test/service-bed";
import { claimAttempt } from "./claim-attempt";
import { forceRefresh } from "./force-refresh";
import { provideTokens } from "./provide-tokens";
import { readRefreshRow } from "./queries";
import { readFreshIntegration } from "./read-fresh-integration";
import { attemptRefresh, refreshConnection } from "./refresh-connection";
import { startSchedule } from "./refresh-due";
import { refreshToken } from "./refresh-token";

useServiceBed();

const ctx = (actor?: UserActor | ApiKeyActor) => testContext(db, actor);

/** As Microsoft's: each tenant has its own token URL, one refresh token is good at all, and each answer has another. */
function tenants(...names: string[]): void {
  let count = 0;
  for (const name of names) {
    service.always(`/${name}/token`, ({ params }) => {
      count += 1;
      const isRefresh = params["grant_type"] === "refresh_token";
      return {
        body: {
          access_token: `${name}-${isRefresh ? params["refresh_token"] : "first"}-${count}`,
          refresh_token: `rt-${count}`,
          expires_in: 3_600,
        },
      };
    });
  }
}

const asked = (name: string) =>
  service.requests.filter(
    ({ path, params }) => path === `/${name}/token` && params["grant_type"] === "refresh_token",
  );

async function partner(oauth: Record<string, unknown> = {}) {
  const connected = await connectIntegration(
    db,
    admin,
    service,
    { tokenUrl: service.url("/{entity_id}/token"), refreshTokensReusable: true, ...oauth },
    { defaultEntityId: "common", organizationPolicy: "derived" },
  );
  const map = async (entityId: string | null) => {
    const { id: organizationId } = await seedOrganization(db);
    await upsertMapping(ctx(), { integrationId: connected.integrationId, organizationId, entityId });
    return organizationId;
  };
  const read = (scope: string, actor?: UserActor | ApiKeyActor) =>
    readFreshIntegration(ctx(actor), { name: connected.name, scope });
  const derivedOf = (organizationId: string) =>
    db.prisma.connection.findFirst({
      where: { integrationId: connected.integrationId, mapping: { organizationId } },
    });
  const byDefault = () => db.prisma.connection.findUniqueOrThrow({ where: { id: connected.connectionId } });
  return { ...connected, map, read, derivedOf, byDefault };
}

function managedKey(organizationId: string): ApiKeyActor {
  return {
    type: "api_key",
    id: "018f0000-0000-7000-8000-00000000000a",
    label: "key",
    organizationId,
    organizationKind: "managed",
    permissions: ["credentials:read"],
    origin: { ipAddress: null, userAgent: null },
  } as ApiKeyActor;
}

describe("an organization that uses the default consent at its own token URL", () => {
  it("gets a token of its own entity at its first read, made with the default's refresh token", async () => {
    tenants("common", "contoso");
    const { map, read, derivedOf, byDefault } = await partner();
    const contoso = await map("contoso");
    const stored = await byDefault();
    const reads = await Promise.all(Array.from({ length: 20 }, () => read(contoso)));
    const oauth = reads[0]?.oauth;
    expect(oauth).toMatchObject({
      accessToken: "contoso-rt-1-2",
      refreshToken: null,
      source: "derived",
      entityId: "contoso",
      status: "active",
      error: null,
      tokenUrl: service.url("/contoso/token"),
    });
    expect(new Set(reads.map((data) => data?.oauth?.accessToken)).size).toBe(1);
    expect(asked("contoso")).toHaveLength(1);
    // The successor that came along is not kept, and the default's own is as it was.
    expect(await derivedOf(contoso)).toMatchObject({ kind: "derived", refreshToken: null, tokenVersion: 1 });
    expect((await byDefault()).refreshToken).toBe(stored.refreshToken);
  });

  it("does not present a token of the default that was replaced or refused since the attempt was begun", async () => {
    tenants("common", "contoso");
    const { connectionId, map, read, derivedOf } = await partner();
    const contoso = await map("contoso");
    await read(contoso);
    const own = await readRefreshRow(db.pool, (await derivedOf(contoso))?.id ?? "");
    if (!own) throw new Error("There is no derived connection.");
    const claim = await claimAttempt(db.pool, own);
    await refreshConnection(ctx(), { connectionId, reason: "button", waitMs: 20_000 });
    const before = asked("contoso").length;
    if (!claim) throw new Error("The attempt was not to be had.");
    await expect(attemptRefresh(ctx(), claim, "due")).resolves.toMatchObject({ ok: false });
    expect(asked("contoso")).toHaveLength(before);
    await db.pool.query(`UPDATE "Connection" SET "attemptEndedAt" = NULL WHERE "id" = $1`, [own.id]);
    const again = { connectionId: own.id, reason: "button", waitMs: 20_000 } as const;
    await expect(refreshConnection(ctx(), again)).resolves.toMatchObject({ ok: true });
  });

  it("gets it from the schedule where nobody reads, and it is kept fresh", async () => {
    tenants("common", "contoso", "fabrikam");
    const { map, derivedOf } = await partner();
    const organizations = [await map("contoso"), await map("fabrikam")];
    const version = async (id: string) => (await derivedOf(id))?.tokenVersion;
    expect(await provideTokens(ctx())).toBeGreaterThanOrEqual(2);
    const schedule = startSchedule(ctx(), { idleMs: 20 });
    for (const id of organizations) await vi.waitFor(async () => expect(await version(id)).toBe(1), 20_000);
    await db.pool.query(`UPDATE "Connection" SET "dueAt" = now() WHERE "kind" = 'derived'`);
    for (const id of organizations) await vi.waitFor(async () => expect(await version(id)).toBe(2), 20_000);
    await schedule.stop();
    expect(await provideTokens(ctx())).toBe(0);
  });

  it("gets none that would be the default entity's, whether it is not mapped or its mapping names no entity", async () => {
    tenants("common");
    const { map, read, derivedOf } = await partner();
    const { id: stranger } = await seedOrganization(db);
    const unnamed = await map(null);
    for (const id of [stranger, unnamed]) {
      expect((await read(id))?.oauth).toMatchObject({
        accessToken: null,
        source: null,
        error: { code: "not_connected" },
      });
      expect(await derivedOf(id)).toBeNull();
    }
    await provideTokens(ctx());
    expect(asked("common")).toHaveLength(0);
  });

  it("never falls back: where its tenant refuses, it has no token and the reason", async () => {
    tenants("common");
    const { integrationId, map, read, derivedOf } = await partner();
    const contoso = await map("contoso");
    service.always("/contoso/token", {
      status: 400,
      body: { error: "invalid_grant", error_description: "AADSTS65001: no consent in this tenant." },
    });
    const { oauth } = (await read(contoso)) ?? {};
    expect(oauth).toMatchObject({
      accessToken: null,
      source: "derived",
      status: "reconnect_required",
      error: { code: "invalid_grant" },
    });
    expect(oauth?.error?.message).toContain("AADSTS65001");
    await read(contoso);
    expect(asked("contoso")).toHaveLength(1);
    // Its own tenant can be mended without a new consent, so that a person may try it again.
    tenants("contoso");
    await db.pool.query(`UPDATE "Connection" SET "attemptEndedAt" = now() - interval '6 s' WHERE "id" = $1`, [
      (await derivedOf(contoso))?.id,
    ]);
    await refreshToken(ctx(admin), { integrationId, organizationId: contoso });
    expect((await read(contoso))?.oauth).toMatchObject({ accessToken: "contoso-rt-1-1", status: "active" });
  });

  it("is refreshed on demand by its connection's id", async () => {
    tenants("common", "contoso");
    const { name, map, read } = await partner();
    const contoso = await map("contoso");
    const before = (await read(contoso))?.oauth;
    await db.pool.query(`UPDATE "Connection" SET "attemptEndedAt" = now() - interval '6 s' WHERE "id" = $1`, [
      before?.connectionId,
    ]);
    const after = await forceRefresh(ctx(), {
      name,
      scope: contoso,
      connectionId: before?.connectionId ?? "",
      ifVersion: before?.version,
    });
    expect(after).toMatchObject({ accessToken: "contoso-rt-1-3", version: 2, source: "derived" });
    expect(asked("common")).toHaveLength(0);
  });

  it("is fetched by a forced refresh that comes before every read", async () => {
    tenants("common", "contoso");
    const { name, map } = await partner();
    const oauth = await forceRefresh(ctx(), { name, scope: await map("contoso") });
    expect(oauth).toMatchObject({ accessToken: "contoso-rt-1-2", source: "derived" });
  });

  it("gives a managed organization the access token alone, and its key only where the integration lends it", async () => {
    tenants("common", "contoso");
    const { integrationId, name, map, read } = await partner();
    const contoso = await map("contoso");
    const key = { ...managedKey(contoso), id: await seedKey(contoso) };
    expect((await read(contoso, key))?.oauth).toMatchObject({
      accessToken: null,
      error: { code: "not_connected" },
    });
    expect(asked("contoso")).toHaveLength(0);
    const { version } = await db.prisma.integration.findUniqueOrThrow({ where: { id: integrationId } });
    const policy = { integrationId, version, organizationPolicy: "derived", lendsDefaultToKeys: true };
    await setOrganizationPolicy(ctx(), policy);
    expect((await read(contoso, key))?.oauth).toMatchObject({
      accessToken: "contoso-rt-1-2",
      refreshToken: null,
      clientSecret: null,
    });
    await expect(forceRefresh(ctx(key), { name, scope: contoso })).rejects.toMatchObject({
      code: "permission_denied",
    });
  });
});

it("is made with the new consent for a forced refresh that waited while the consent was given", async () => {
  tenants("common", "contoso");
  const { integrationId, name, map, read, derivedOf } = await partner();
  const contoso = await map("contoso");
  await read(contoso);
  const own = await readRefreshRow(db.pool, (await derivedOf(contoso))?.id ?? "");
  if (!own || !(await claimAttempt(db.pool, own))) throw new Error("The attempt was not to be had.");
  const queries = vi.spyOn(db.pool, "query");
  const forced = forceRefresh(ctx(), { name, scope: contoso });
  const asked = expect.objectContaining({ name: "installation-address" }) as object;
  await vi.waitFor(() => expect(queries).toHaveBeenCalledWith(asked));
  queries.mockRestore();
  await consent(db, admin, integrationId, name);
  expect(await forced).toMatchObject({ accessToken: "contoso-rt-3-4", source: "derived", error: null });
});

it("tells a key that the default is lent to why there is no token in our words, not the service's", async () => {
  const { integrationId, name, connectionId } = await connectIntegration(db, admin, service);
  const { id: organizationId } = await seedOrganization(db);
  const { version } = await db.prisma.integration.findUniqueOrThrow({ where: { id: integrationId } });
  const policy = { integrationId, version, organizationPolicy: "default", lendsDefaultToKeys: true };
  await setOrganizationPolicy(ctx(), policy);
  const key = { ...managedKey(organizationId), id: await seedKey(organizationId) };
  const readBy = async (actor?: ApiKeyActor) =>
    (await readFreshIntegration(ctx(actor), { name, scope: organizationId }))?.oauth;
  const expire = `UPDATE "Connection" SET "expiresAt" = now() - interval '1 s' WHERE "id" = $1`;
  await db.pool.query(expire, [connectionId]);
  const description = "ada@provider.example was removed";
  const refusal = (status: number, error: string) => ({
    status,
    headers: { "retry-after": "600" },
    body: { error, error_description: description },
  });

  // The attempt that the read makes, the pause after it, the client's fault, and the last word.
  service.enqueue("/token", refusal(429, "slow_down"));
  const tried = await readBy(key);
  expect(tried?.error).toEqual({
    code: "slow_down",
    message: "The service asks to be left alone for a while.",
  });
  expect((await readBy(key))?.error).toEqual(tried?.error);
  expect((await readBy())?.error?.message).toContain(description);
  const tryAgain = `UPDATE "Connection" SET "attemptEndedAt" = NULL, "forbiddenUntil" = NULL WHERE "id" = $1`;
  await db.pool.query(tryAgain, [connectionId]);
  service.enqueue("/token", refusal(401, "invalid_client"));
  const refused = { code: "oauth_client_invalid", message: "The service does not accept the OAuth client." };
  expect((await readBy(key))?.error).toEqual(refused);
  await db.pool.query(tryAgain, [connectionId]);
  expect((await readBy(key))?.error).toEqual(refused);
  expect((await readBy())?.error?.message).toContain(description);
  await db.prisma.oAuthClient.update({
    where: { integrationId },
    data: { errorCode: null, probeAt: null, errorMessage: null },
  });
  service.enqueue("/token", refusal(400, "invalid_grant"));
  expect((await readBy(key))?.error).toEqual({
    code: "invalid_grant",
    message: "The service no longer takes the refresh token.",
  });
  expect((await readBy(key))?.error?.message).not.toContain(description);
  expect((await readBy())?.error?.message).toContain(description);
});

async function seedKey(organizationId: string): Promise<string> {
  const { apiKey } = await createApiKey(ctx(), {
    name: "key",
    organizationId,
    permissions: ["credentials:read"],
  });
  return apiKey.id;
}

describe("a derived token goes", () => {
  async function derived() {
    tenants("common", "contoso", "fabrikam");
    const world = await partner();
    const contoso = await world.map("contoso");
    await world.read(contoso);
    return { ...world, contoso };
  }
  const GONE = { accessToken: null, status: "not_connected", dueAt: null };

  it("with the default connection", async () => {
    const { integrationId, contoso, derivedOf, read } = await derived();
    await disconnectConnection(ctx(admin), { integrationId });
    expect(await derivedOf(contoso)).toMatchObject(GONE);
    const { oauth } = (await read(contoso)) ?? {};
    expect(oauth).toMatchObject({ accessToken: null, connectionId: null });
    expect(oauth?.error?.message).toContain("default connection");
  });

  it("when the default connection gets another consent, and comes anew from that", async () => {
    const { integrationId, name, contoso, derivedOf, read } = await derived();
    const before = await derivedOf(contoso);
    await consent(db, admin, integrationId, name);
    const after = await derivedOf(contoso);
    expect(after).toMatchObject({ accessToken: null, status: "active" });
    expect(after?.grantId).not.toBe(before?.grantId);
    expect((await read(contoso))?.oauth?.accessToken).toBe("contoso-rt-3-4");
  });

  it("when the integration derives no more", async () => {
    const { integrationId, contoso, derivedOf, read } = await derived();
    const { version } = await db.prisma.integration.findUniqueOrThrow({ where: { id: integrationId } });
    await setOrganizationPolicy(ctx(), { integrationId, version, organizationPolicy: "default" });
    expect(await derivedOf(contoso)).toMatchObject(GONE);
    expect((await read(contoso))?.oauth).toMatchObject({ source: "default", entityId: "common" });
  });

  it("when its mapping names another entity, and comes from there", async () => {
    const { integrationId, contoso, read } = await derived();
    await upsertMapping(ctx(), { integrationId, organizationId: contoso, entityId: "fabrikam" });
    const { oauth } = (await read(contoso)) ?? {};
    expect(oauth).toMatchObject({ entityId: "fabrikam", source: "derived" });
    expect(oauth?.accessToken).toContain("fabrikam-rt-1");
  });

  it("when the organization connects its own, which another consent then never replaces", async () => {
    const { integrationId, name, contoso, derivedOf, read } = await derived();
    const started = await startConnect(ctx(admin), { integrationId, organizationId: contoso });
    const state = new URL(started.kind === "redirect" ? started.url : "").searchParams.get("state") ?? "";
    const params = new URLSearchParams({ code: "c", state });
    await completeConnect(ctx(admin), { slug: name, params });
    expect(await derivedOf(contoso)).toMatchObject({ kind: "own", status: "active" });
    expect((await read(contoso))?.oauth).toMatchObject({ source: "organization" });
    await consent(db, admin, integrationId, name);
    expect((await read(contoso))?.oauth?.accessToken).toContain("contoso-first");
  });

  it("without the default consent being revoked, when its mapping goes during a refresh", async () => {
    const { integrationId, contoso, derivedOf } = await derived();
    const deleted = Promise.withResolvers<void>();
    service.enqueue("/contoso/token", {
      until: deleted.promise,
      body: { access_token: "late", refresh_token: "late-rt", expires_in: 60 },
    });
    const connectionId = (await derivedOf(contoso))?.id ?? "";
    await db.pool.query(`UPDATE "Connection" SET "attemptEndedAt" = now() - interval '6 s' WHERE "id" = $1`, [
      connectionId,
    ]);
    const pending = refreshConnection(ctx(), { connectionId, reason: "sdk", waitMs: 0 });
    await vi.waitFor(() => expect(asked("contoso")).toHaveLength(2), 20_000);
    await deleteMapping(ctx(), { integrationId, organizationId: contoso });
    deleted.resolve();
    await expect(pending).resolves.toMatchObject({ ok: false, code: "connection_changed" });
    expect(service.requests.some(({ path }) => path === "/revoke")).toBe(false);
  });
});

it("is not presented anywhere once the default consent needs a person, and the next consent mends all", async () => {
  tenants("common", "contoso");
  const { integrationId, name, connectionId, map, read } = await partner();
  const contoso = await map("contoso");
  await read(contoso);
  await db.prisma.connection.update({
    where: { id: connectionId },
    data: { status: "reconnect_required", dueAt: null },
  });
  const expire = `UPDATE "Connection" SET "expiresAt" = now(), "attemptEndedAt" = now() - interval '6 s' WHERE "kind" = 'derived'`;
  await db.pool.query(expire);
  expect((await read(contoso))?.oauth).toMatchObject({
    accessToken: null,
    status: "degraded",
    error: { code: "default_connection_unusable" },
  });
  expect(asked("contoso")).toHaveLength(1);
  await consent(db, admin, integrationId, name);
  expect((await read(contoso))?.oauth).toMatchObject({ status: "active", error: null });
});

describe("the screens", () => {
  it("show a derived token as such, not as the organization's own", async () => {
    tenants("common", "contoso");
    const { integrationId, name, map, read } = await partner();
    const contoso = await map("contoso");
    const rowOf = async () => {
      const { rows } = await listMappingRows(ctx(admin), integrationId, { filter: "mapped" });
      return rows.find(({ organization }) => organization.id === contoso)?.connection;
    };
    expect(await rowOf()).toMatchObject({ source: "derived", status: "not_connected" });
    await read(contoso);
    expect(await rowOf()).toMatchObject({
      source: "derived",
      status: "active",
      entityId: "contoso",
      isOtherEntity: false,
    });
    const effective = await getEffectiveResult(ctx(admin), integrationId, contoso);
    expect(effective.oauth).toMatchObject({ source: "derived", hasAccessToken: true, entityId: "contoso" });
    const view = await getMappingView(ctx(admin), integrationId, contoso);
    expect(view).toMatchObject({
      connection: { status: "not_connected" },
      derived: { status: "active", hasAccessToken: true },
    });
    expect(await getMapping(ctx(), { name, scope: contoso })).toMatchObject({ oauthTokenId: null });
    await expect(
      disconnectConnection(ctx(admin), { integrationId, organizationId: contoso }),
    ).rejects.toMatchObject({ code: "not_connected" });
  });

  it("refuse the policy where a refresh token is good once, and the setting that it rests on", async () => {
    tenants("common");
    const once = await connectIntegration(
      db,
      admin,
      service,
      { tokenUrl: service.url("/{entity_id}/token") },
      { defaultEntityId: "common" },
    );
    const policy = { integrationId: once.integrationId, version: 1, organizationPolicy: "derived" };
    await expect(setOrganizationPolicy(ctx(), policy)).rejects.toMatchObject({
      code: "validation_failed",
      message: expect.stringContaining("can be used again") as string,
    });
    const { integrationId, name } = await partner();
    const { oauthClient, ...row } = await db.prisma.integration.findUniqueOrThrow({
      where: { id: integrationId },
      include: { oauthClient: true },
    });
    const save = updateIntegration(ctx(admin), {
      id: integrationId,
      version: row.version,
      name,
      defaultEntityId: "common",
      oauth: {
        flowType: "authorization_code",
        clientId: oauthClient?.clientId,
        authorizationUrl: oauthClient?.authorizationUrl,
        tokenUrl: oauthClient?.tokenUrl,
        pkce: true,
        refreshTokensReusable: false,
      },
    });
    await expect(save).rejects.toMatchObject({
      errors: [expect.objectContaining({ path: "oauth.refreshTokensReusable" })],
    });
  });
});
