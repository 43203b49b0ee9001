import { beforeEach, describe, expect, it, vi } from "vitest";
import type { UserActor } from "@/lib/auth/actor";
import { completeConnect } from "@/lib/connections/complete-connect";
import { startConnect } from "@/lib/connections/start-connect";
import { updateIntegration } from "@/lib/integrations/update-integration";
import { upsertMapping } from "@/lib/mappings/upsert-mapping";
import { connectIntegration } from "@/test/connected-integration";
import { seedOrganization, testContext } from "@/test/context";
import type { FaultyService } from "@/test/oauth-service/faulty-service";
import { admin, db, service, useServiceBed } from "@/test/service-bed";
import { readFreshIntegration } from "./read-fresh-integration";
import { refreshConnection, type RefreshRequest } from "./refresh-connection";
import { startSchedule } from "./refresh-due";

useServiceBed();
beforeEach(() => {
  answerAll({ body: { access_token: "good", refresh_token: "rt", expires_in: 3_600 } });
});

const PATHS = ["/token", "/common/token", "/contoso/token", "/fabrikam/token", "/litware/token"];
const GOOD = { body: { access_token: "good", refresh_token: "rt", expires_in: 3_600 } };
const BAD_SECRET = {
  status: 401,
  body: { error: "invalid_client", error_description: "AADSTS7000222: the secret has expired." },
};
const BAD_SCOPE = { status: 400, body: { error: "invalid_scope", error_description: "No such scope." } };

function answerAll(answer: Parameters<FaultyService["always"]>[1]) {
  for (const path of PATHS) service.always(path, answer);
}
const asked = () => service.requests.filter(({ params }) => params["grant_type"] === "refresh_token").length;
const ctx = (actor?: UserActor) => testContext(db, actor);

/** An integration whose default connection and three organizations' own are connected. */
async function seedConnected(tokenUrl: string, reusable = false) {
  const { integrationId, name, connectionId } = await connectIntegration(
    db,
    admin,
    service,
    { tokenUrl, refreshTokensReusable: reusable },
    { defaultEntityId: "common" },
  );
  const own: string[] = [];
  const organizations: string[] = [];
  for (const entityId of ["contoso", "fabrikam", "litware"]) {
    const { id: organizationId } = await seedOrganization(db);
    await upsertMapping(ctx(), { integrationId, organizationId, entityId });
    const started = await startConnect(ctx(admin), { integrationId, organizationId });
    const state = new URL(started.kind === "redirect" ? started.url : "").searchParams.get("state") ?? "";
    await completeConnect(ctx(admin), { slug: name, params: new URLSearchParams({ code: "c", state }) });
    const row = await db.prisma.connection.findFirstOrThrow({ where: { mapping: { organizationId } } });
    own.push(row.id);
    organizations.push(organizationId);
  }
  const client = () => db.prisma.oAuthClient.findUniqueOrThrow({ where: { integrationId } });
  const rows = () => db.prisma.connection.findMany({ where: { integrationId } });
  const makeDue = () =>
    db.pool.query(
      `UPDATE "Connection" SET "dueAt" = now(), "nextTryAt" = NULL, "attemptEndedAt" = NULL WHERE "integrationId" = $1`,
      [integrationId],
    );
  const comeToProbe = () =>
    db.pool.query(`UPDATE "OAuthClient" SET "probeAt" = now() WHERE "integrationId" = $1`, [integrationId]);
  return { integrationId, name, connectionId, own, organizations, client, rows, makeDue, comeToProbe };
}

const refresh = (connectionId: string, reason: RefreshRequest["reason"] = "sdk") =>
  refreshConnection(ctx(), { connectionId, reason, waitMs: 20_000 });

async function withSchedule(work: () => Promise<void>): Promise<void> {
  const schedule = startSchedule(ctx(), { idleMs: 20 });
  try {
    await work();
  } finally {
    await schedule.stop();
  }
}

describe("an OAuth client that the service refuses", () => {
  it("is the trouble of all its connections: one tells, one probes, and one success mends all at once", async () => {
    const { connectionId, client, rows, makeDue, comeToProbe } = await seedConnected(service.url("/token"));
    answerAll(BAD_SECRET);
    await refresh(connectionId);
    expect(await client()).toMatchObject({ errorCode: "oauth_client_invalid" });
    for (const row of await rows())
      expect(row).toMatchObject({
        status: "degraded",
        errorCode: "oauth_client_invalid",
        accessToken: expect.any(String) as string,
      });
    await makeDue();
    await withSchedule(async () => {
      expect(asked()).toBe(1);
      await comeToProbe();
      await vi.waitFor(
        async () => expect((await client()).probeAt?.getTime()).toBeGreaterThan(Date.now()),
        20_000,
      );
      await vi.waitFor(async () => {
        const ended = await rows();
        expect(ended.filter(({ leaseUntil }) => leaseUntil !== null)).toEqual([]);
        expect(asked()).toBe(2);
      }, 20_000);
      answerAll(GOOD);
      await makeDue();
      await comeToProbe();
      await vi.waitFor(async () => {
        expect(await client()).toMatchObject({ errorCode: null, probeAt: null });
        for (const row of await rows()) expect(row).toMatchObject({ status: "active", errorCode: null });
      }, 20_000);
    });
  });

  it("is probed less and less often, whichever connection does it", async () => {
    const { integrationId, own, client, comeToProbe } = await seedConnected(service.url("/token"));
    answerAll(BAD_SECRET);
    await refresh(own[0] ?? "");
    const first = (await client()).probeAt?.getTime() ?? 0;
    expect(first - Date.now()).toBeLessThan(16_000);
    await db.pool.query(
      `UPDATE "OAuthClient" SET "errorAt" = now() - interval '20 min' WHERE "integrationId" = $1`,
      [integrationId],
    );
    await comeToProbe();
    await refresh(own[1] ?? "");
    const pauseMs = ((await client()).probeAt?.getTime() ?? 0) - Date.now();
    expect(pauseMs).toBeGreaterThan(9 * 60_000);
    expect(pauseMs).toBeLessThan(21 * 60_000);
  });

  it("is not asked by reads and scripts meanwhile, which get the client's words; the button asks", async () => {
    const { name, connectionId, own, organizations, client } = await seedConnected(service.url("/token"));
    answerAll(BAD_SECRET);
    await refresh(connectionId);
    await db.pool.query(`UPDATE "Connection" SET "expiresAt" = now() WHERE "id" = $1`, [own[0]]);
    const data = await readFreshIntegration(ctx(), { name, scope: organizations[0] });
    expect(data?.oauth).toMatchObject({ accessToken: null, error: { code: "oauth_client_invalid" } });
    await expect(refresh(own[0] ?? "")).resolves.toMatchObject({ why: "client" });
    expect(asked()).toBe(1);
    answerAll(GOOD);
    await expect(refresh(own[0] ?? "", "button")).resolves.toMatchObject({ ok: true });
    expect(await client()).toMatchObject({ errorCode: null });
  });

  it("is mended by an edit: everything is due at once", async () => {
    const { integrationId, name, connectionId, client, rows } = await seedConnected(service.url("/token"));
    answerAll(BAD_SECRET);
    await refresh(connectionId);
    answerAll(GOOD);
    await edit(integrationId, name, { clientSecret: "a-new-secret" });
    expect(await client()).toMatchObject({ errorCode: null });
    await withSchedule(async () => {
      await vi.waitFor(async () => {
        for (const row of await rows())
          expect(row).toMatchObject({ status: "active", tokenVersion: row.attempt });
      }, 20_000);
    });
    expect(asked()).toBe(1 + 4);
  });
});

async function edit(integrationId: string, name: string, oauth: Record<string, unknown>) {
  const { version, oauthClient } = await db.prisma.integration.findUniqueOrThrow({
    where: { id: integrationId },
    include: { oauthClient: true },
  });
  await updateIntegration(ctx(admin), {
    id: integrationId,
    version,
    name,
    defaultEntityId: "common",
    oauth: {
      flowType: "authorization_code",
      clientId: oauthClient?.clientId,
      authorizationUrl: oauthClient?.authorizationUrl,
      tokenUrl: oauthClient?.tokenUrl,
      revocationUrl: oauthClient?.revocationUrl,
      pkce: true,
      ...oauth,
    },
  });
}

describe("a configuration that the service refuses", () => {
  it("is asked no more, by nobody but the button, until it is edited", async () => {
    const { integrationId, name, connectionId, client, rows, makeDue } = await seedConnected(
      service.url("/token"),
    );
    await edit(integrationId, name, { scopes: "a" });
    answerAll(BAD_SCOPE);
    await refresh(connectionId);
    expect(await client()).toMatchObject({ errorCode: "invalid_scope", probeAt: null });
    for (const row of await rows()) expect(row).toMatchObject({ status: "degraded" });
    await db.pool.query(
      `UPDATE "Connection" SET "expiresAt" = now(), "attemptEndedAt" = NULL WHERE "integrationId" = $1`,
      [integrationId],
    );
    const { oauth } = (await readFreshIntegration(ctx(), { name, scope: "global" })) ?? {};
    expect(oauth).toMatchObject({ accessToken: null, error: { code: "invalid_scope" } });
    await makeDue();
    answerAll(GOOD);
    const other = await connectIntegration(db, admin, service, { tokenUrl: service.url("/token") });
    await db.pool.query(`UPDATE "Connection" SET "dueAt" = now() WHERE "id" = $1`, [other.connectionId]);
    await withSchedule(async () => {
      // Another integration's, due at the same origin, shows that the schedule has been there.
      await vi.waitFor(async () => {
        const row = await db.prisma.connection.findUniqueOrThrow({ where: { id: other.connectionId } });
        expect(row.tokenVersion).toBe(2);
      }, 20_000);
      expect(asked()).toBe(2);
      await edit(integrationId, name, { scopes: "b" });
      await vi.waitFor(async () => {
        for (const row of await rows()) expect(row).toMatchObject({ status: "active" });
      }, 20_000);
    });
  });
});

/** Each consent has a refresh token of its own, by its code; those named in `refused` do not cover what is asked for. */
async function seedConsents(refused: Set<string>, tokenUrl = service.url("/token")) {
  for (const path of PATHS)
    service.always(path, ({ params }) => {
      const token = params["refresh_token"] ?? params["code"];
      return refused.has(String(token)) ? BAD_SCOPE : { body: { ...GOOD.body, refresh_token: token } };
    });
  const seeded = await seedConnected(tokenUrl);
  const reconnect = async (organizationId: string, code: string) => {
    const { integrationId, name } = seeded;
    const started = await startConnect(ctx(admin), { integrationId, organizationId });
    const state = new URL(started.kind === "redirect" ? started.url : "").searchParams.get("state") ?? "";
    await completeConnect(ctx(admin), { slug: name, params: new URLSearchParams({ code, state }) });
  };
  for (const id of seeded.organizations) await reconnect(id, id);
  const statuses = async () => {
    const byId = new Map((await seeded.rows()).map((row) => [row.id, row.status]));
    return seeded.own.map((id) => byId.get(id));
  };
  return { ...seeded, reconnect, statuses };
}

describe("a configuration that the service refuses to some consents and takes from others", () => {
  it.each([
    ["one token URL", "/token"],
    ["a token URL of each organization's own", "/{entity_id}/token"],
  ])("stops those alone that it is refused to, with %s", async (_, path) => {
    const refused = new Set<string>();
    const { own, organizations, client, statuses, name } = await seedConsents(refused, service.url(path));
    refused.add(organizations[1] ?? "").add(organizations[2] ?? "");
    for (const id of own.slice(1))
      await expect(refresh(id)).resolves.toMatchObject({ why: "failed", code: "invalid_scope" });
    expect(await client()).toMatchObject({ errorCode: null });
    expect(await statuses()).toEqual(["active", "degraded", "degraded"]);
    const before = asked();
    await expire(own);
    for (const id of own.slice(1))
      await expect(refresh(id)).resolves.toMatchObject({ why: "client", code: "invalid_scope" });
    expect(asked()).toBe(before);
    await expect(readFreshIntegration(ctx(), { name, scope: organizations[0] })).resolves.toMatchObject({
      oauth: { accessToken: "good", error: null },
    });
  });

  it("lets the one that consents anew work on, though the others are refused once more", async () => {
    const refused = new Set<string>();
    const seeded = await seedConsents(refused);
    const { integrationId, name, own, organizations, client, statuses, reconnect } = seeded;
    for (const id of organizations) refused.add(id);
    await edit(integrationId, name, { scopes: "a b", sendScopeOnRefresh: true });
    await refresh(own[1] ?? "");
    expect(await client()).toMatchObject({ errorCode: "invalid_scope", probeAt: null });
    expect(await statuses()).toEqual(["degraded", "degraded", "degraded"]);
    await reconnect(organizations[0] ?? "", "consented-anew");
    expect(await client()).toMatchObject({ errorCode: null });
    await expire(own);
    for (const id of own.slice(1)) await refresh(id);
    expect(await client()).toMatchObject({ errorCode: null });
    expect(await statuses()).toEqual(["active", "degraded", "degraded"]);
    await expect(refresh(own[0] ?? "")).resolves.toMatchObject({ ok: true });
    // Any edit has the refused ones tried again; what they say then is nothing new either.
    await edit(integrationId, name, { scopes: "a b", sendScopeOnRefresh: true });
    await expire(own);
    for (const id of own.slice(1))
      await expect(refresh(id)).resolves.toMatchObject({ why: "failed", code: "invalid_scope" });
    expect(await client()).toMatchObject({ errorCode: null });
    await expect(refresh(own[0] ?? "")).resolves.toMatchObject({ ok: true });
  });

  it("is shown on the integration when the last that worked is refused alike", async () => {
    const { connectionId, own, client } = await seedConsents(new Set());
    answerAll(BAD_SCOPE);
    for (const id of own) {
      await refresh(id);
      expect(await client()).toMatchObject({ errorCode: null });
    }
    await refresh(connectionId);
    expect(await client()).toMatchObject({ errorCode: "invalid_scope", probeAt: null });
  });
});

function expire(ids: string[]) {
  return db.pool.query(
    `UPDATE "Connection" SET "expiresAt" = now(), "attemptEndedAt" = now() - interval '6 s' WHERE "id" = ANY($1)`,
    [ids],
  );
}

describe("a refusal of settings that were edited while it was under way", () => {
  it.each([
    ["scope", BAD_SCOPE, { scopes: "b" }],
    ["secret", BAD_SECRET, { clientSecret: "a-new-secret" }],
  ])("of the %s blames nobody: what stands now is tried soon", async (_, refusal, oauth) => {
    const { integrationId, name, connectionId, client, rows } = await seedConnected(service.url("/token"));
    const edited = Promise.withResolvers<void>();
    service.enqueue("/token", { ...refusal, until: edited.promise });
    const before = asked();
    const pending = refresh(connectionId);
    await vi.waitFor(() => expect(asked()).toBe(before + 1));
    await edit(integrationId, name, oauth);
    edited.resolve();
    await expect(pending).resolves.toMatchObject({ ok: false, why: "failed" });
    expect(await client()).toMatchObject({ errorCode: null });
    const own = (await rows()).filter(({ status }) => status === "degraded");
    expect(own).toMatchObject([{ id: connectionId, dueAt: expect.any(Date) as Date }]);
    expect(own[0]?.nextTryAt?.getTime()).toBeLessThan(Date.now() + 6_000);
    await db.pool.query(
      `UPDATE "Connection" SET "nextTryAt" = NULL, "attemptEndedAt" = NULL WHERE "id" = $1`,
      [connectionId],
    );
    await expect(refresh(connectionId)).resolves.toMatchObject({ ok: true });
  });
});

describe("with a token URL of each organization's own", () => {
  const UNKNOWN_THERE = {
    status: 400,
    body: { error: "unauthorized_client", error_description: "AADSTS700016: not found in the directory." },
  };

  it("a refusal is the organization's own fault until another one is refused alike", async () => {
    const { own, client, rows } = await seedConnected(service.url("/{entity_id}/token"));
    answerAll(UNKNOWN_THERE);
    await refresh(own[0] ?? "");
    expect(await client()).toMatchObject({ errorCode: null });
    expect((await rows()).filter(({ status }) => status === "degraded")).toHaveLength(1);
    await refresh(own[1] ?? "");
    expect(await client()).toMatchObject({ errorCode: "oauth_client_invalid" });
    expect((await rows()).filter(({ status }) => status === "degraded")).toHaveLength(4);
  });

  it("stays its own while others get tokens with the same client", async () => {
    const { own, client, rows } = await seedConnected(service.url("/{entity_id}/token"));
    service.always("/contoso/token", UNKNOWN_THERE);
    service.always("/fabrikam/token", UNKNOWN_THERE);
    await refresh(own[0] ?? "");
    await refresh(own[2] ?? "");
    await refresh(own[1] ?? "");
    expect(await client()).toMatchObject({ errorCode: null });
    expect((await rows()).filter(({ status }) => status === "active")).toHaveLength(2);
  });

  it("stays its own where the others that were claimed with it have got tokens", async () => {
    const { own, connectionId, client, makeDue } = await seedConnected(service.url("/{entity_id}/token"));
    const others = Promise.withResolvers<void>();
    for (const path of ["/contoso/token", "/fabrikam/token"])
      service.always(path, { ...UNKNOWN_THERE, until: others.promise });
    await makeDue();
    const [first = "", second = "", ...rest] = [...own, connectionId];
    const due = (id: string) => refresh(id, "due");
    const [slow, slower] = [due(first), due(second)];
    await vi.waitFor(() => expect(asked()).toBe(2), 20_000);
    for (const id of rest) await expect(due(id)).resolves.toMatchObject({ ok: true });
    others.resolve();
    await Promise.all([slow, slower]);
    expect(await client()).toMatchObject({ errorCode: null });
  });
});
