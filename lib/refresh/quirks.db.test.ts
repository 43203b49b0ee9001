import { describe, expect, it, vi } from "vitest";
import type { UserActor } from "@/lib/auth/actor";
import { completeConnect } from "@/lib/connections/complete-connect";
import { startConnect } from "@/lib/connections/start-connect";
import { unseal } from "@/lib/crypto/seal";
import { openDatabase, type Database } from "@/lib/db/client";
import { readClock } from "@/lib/db/read-clock";
import { deleteIntegration } from "@/lib/integrations/delete-integration";
import { upsertMapping } from "@/lib/mappings/upsert-mapping";
import { connectIntegration } from "@/test/connected-integration";
import { seedOrganization, seedUser, testContext } from "@/test/context";
import { StoredConnection } from "@/test/interleavings/connection-state";
import { GatedProcess, type Step } from "@/test/interleavings/gated-process";
import { SpendingService, type AnswerClass } from "@/test/interleavings/spending-service";
import { startFaultyService } from "@/test/oauth-service/faulty-service";
import * as quirks from "@/test/oauth-service/quirks";
import { rotateTokens } from "@/test/rotating-service";
import { admin, db, service, useServiceBed } from "@/test/service-bed";
import { forceRefresh } from "./force-refresh";
import { listActivityPage } from "./list-activity-page";
import { readFreshIntegration } from "./read-fresh-integration";
import { refreshConnection, type RefreshRequest } from "./refresh-connection";
import { startSchedule } from "./refresh-due";
import { refreshToken } from "./refresh-token";

useServiceBed();

const connected = (oauth: Record<string, unknown> = {}, changes: Record<string, unknown> = {}) =>
  connectIntegration(db, admin, service, oauth, changes);
const row = (id: string) => db.prisma.connection.findUniqueOrThrow({ where: { id } });
const read = (name: string, scope = "global") => readFreshIntegration(testContext(db), { name, scope });
const letPass = (id: string, seconds: number) => new StoredConnection(db, id).letPass(seconds);

const refresh = (connectionId: string, request: Partial<RefreshRequest> = {}, database: Database = db) =>
  refreshConnection(testContext(database), { connectionId, reason: "sdk", waitMs: 20_000, ...request });

async function open(id: string, field: "accessToken" | "refreshToken" | "extra"): Promise<string> {
  const sealed = (await row(id))[field] ?? "";
  return unseal(testContext(db).keyring, { table: "Connection", id, field }, sealed);
}

/** Goes through the service's own authorization page, as a browser would. */
async function connectByBrowser(oauth: Record<string, unknown>, changes: Record<string, unknown> = {}) {
  const { integrationId, name, connectionId } = await connected(oauth, changes);
  const again = async () => {
    const started = await startConnect(testContext(db, admin), { integrationId });
    if (started.kind !== "redirect") throw new Error("no consent is needed");
    const page = await fetch(started.url, { redirect: "manual" });
    const params = new URL(page.headers.get("location") ?? "").searchParams;
    return completeConnect(testContext(db, admin), { slug: name, params });
  };
  return { integrationId, name, connectionId, outcome: await again() };
}

/** Runs the schedule until a marker that fell due after everything else was refreshed: it has looked at all of it. */
async function runSchedule(): Promise<void> {
  const marker = await startFaultyService();
  const { connectionId } = await connectIntegration(db, admin, marker);
  const schedule = startSchedule(testContext(db), { idleMs: 10 });
  for (const version of [2, 3]) {
    await db.pool.query(`UPDATE "Connection" SET "dueAt" = now() WHERE "id" = $1`, [connectionId]);
    await vi.waitFor(async () => expect((await row(connectionId)).tokenVersion).toBe(version), 30_000);
  }
  await schedule.stop();
  await marker.close();
}

it("1 Xero: a single-use refresh token whose answer was lost is good for 30 minutes more, at any process", async () => {
  const xero = quirks.likeXero(service);
  const { connectionId } = await connected({}, { presetId: "xero" });
  const other = openDatabase(db.url);
  xero.loseNext();
  await expect(refresh(connectionId)).resolves.toMatchObject({ ok: false, why: "failed" });
  await letPass(connectionId, 100);
  expect((await row(connectionId)).expiresAt?.getTime()).toBeGreaterThan(Date.now());
  await db.pool.query(`UPDATE "Connection" SET "dueAt" = now(), "nextTryAt" = NULL WHERE "id" = $1`, [
    connectionId,
  ]);
  const { attempt } = await row(connectionId);
  const ends = await Promise.all([
    refresh(connectionId, { reason: "due" }),
    ...[db, other].map((database) => refresh(connectionId, { reason: "button", ifVersion: 1 }, database)),
  ]);
  expect(ends).toEqual(ends.map(() => ({ ok: true, version: attempt + 1 })));
  expect([xero.asked.length, xero.offences]).toEqual([2, 0]);
  expect(await open(connectionId, "refreshToken")).toBe("rt-2");
  await other.close();
});

it("2 QuickBooks: the same refresh token for a day, then a new one, and whatever comes is stored", async () => {
  const quickBooks = quirks.likeQuickBooks(service);
  const { connectionId } = await connected();
  for (const hours of [1, 1, 23, 1, 34]) {
    quickBooks.pass(hours * 3_600);
    await letPass(connectionId, 3_600);
    await expect(refresh(connectionId)).resolves.toMatchObject({ ok: true });
  }
  expect(quickBooks.asked.map(({ params }) => params["refresh_token"])).toEqual([
    "rt-day-0",
    "rt-day-0",
    "rt-day-0",
    "rt-day-1",
    "rt-day-1",
  ]);
  expect(await open(connectionId, "refreshToken")).toBe("rt-day-2");
  expect((await row(connectionId)).refreshTokenExpiresAt).not.toBeNull();
});

it("3 Exact Online: it is asked only in the last 30 seconds, as it refuses before", async () => {
  const exact = quirks.likeExactOnline(service);
  const { connectionId } = await connected({ refreshMarginSeconds: 25 });
  const { dueAt, expiresAt } = await row(connectionId);
  expect((expiresAt?.getTime() ?? 0) - (dueAt?.getTime() ?? 0)).toBe(25_000);
  const pass = async (seconds: number) => {
    exact.pass(seconds);
    await letPass(connectionId, seconds);
    await runSchedule();
  };
  await pass(560);
  expect(exact.asked).toHaveLength(0);
  await pass(16);
  expect([exact.asked.length, exact.offences]).toEqual([1, 0]);
  expect(await row(connectionId)).toMatchObject({ status: "active", tokenVersion: 2 });
});

it("4 Lightspeed: the same access token again is no reason to ask again", async () => {
  const lightspeed = quirks.likeLightspeed(service);
  const { connectionId } = await connected();
  await letPass(connectionId, 599);
  await runSchedule();
  expect(lightspeed.asked).toHaveLength(1);
  // A caller whose token was refused is told that this one is newer, and the service is not asked anew.
  await expect(refresh(connectionId, { ifVersion: 1 })).resolves.toEqual({ ok: true, version: 2 });
  expect(lightspeed.asked).toHaveLength(1);
  expect(await open(connectionId, "accessToken")).toBe("at-same");
});

it("5 Salesforce: without expires_in a token is served, refreshed on the interval that was set and on a 401", async () => {
  const salesforce = quirks.likeSalesforce(service);
  const { connectionId, name } = await connected({ refreshIntervalSeconds: 3_600 });
  await letPass(connectionId, 3_500);
  await runSchedule();
  expect((await read(name))?.oauth).toMatchObject({ accessToken: "at-1", expiresAt: null });
  expect(salesforce.asked).toHaveLength(0);
  const refused = await forceRefresh(testContext(db), { name, scope: "global", ifVersion: 1 });
  expect(refused).toMatchObject({ accessToken: "at-2", version: 2 });
  await letPass(connectionId, 3_700);
  await runSchedule();
  expect((await read(name))?.oauth).toMatchObject({ accessToken: "at-3", expiresAt: null });
  const without = await connected();
  expect((await row(without.connectionId)).dueAt).toBeNull();
});

it("6 Slack: a user's tokens are nested when they are granted, flat when they are refreshed, refused with HTTP 200", async () => {
  const slack = quirks.likeSlack(service);
  const { connectionId, name } = await connected({ scopeSeparator: ",", pkce: false }, { presetId: "slack" });
  expect(await open(connectionId, "refreshToken")).toBe("xoxe-1");
  await expect(refresh(connectionId)).resolves.toMatchObject({ ok: true });
  expect((await read(name))?.oauth).toMatchObject({ accessToken: "xoxe.xoxp-2", tokenType: "user" });
  slack.end();
  await letPass(connectionId, 10);
  await expect(refresh(connectionId)).resolves.toMatchObject({ ok: false, status: "reconnect_required" });
  expect(await row(connectionId)).toMatchObject({ status: "reconnect_required" });
});

it("7 Zoho: a refusal with HTTP 200 is one, and the api_domain that only the consent named is kept", async () => {
  const zoho = quirks.likeZoho(service);
  const { connectionId, name } = await connected();
  await expect(refresh(connectionId)).resolves.toMatchObject({ ok: true });
  expect((await read(name))?.oauth).toMatchObject({
    accessToken: "at-2",
    extra: { api_domain: "https://www.zohoapis.eu" },
  });
  zoho.end();
  await letPass(connectionId, 10);
  await expect(refresh(connectionId)).resolves.toMatchObject({ ok: false, code: "invalid_code" });
  expect(await open(connectionId, "accessToken")).toBe("at-2");
  expect(await row(connectionId)).toMatchObject({ status: "reconnect_required" });
});

it("stores nothing more where a service says nothing more, and gives up what cannot be read any more", async () => {
  service.always("/token", { body: { access_token: "at", refresh_token: "rt", expires_in: 3_600 } });
  const { connectionId, name } = await connected();
  await expect(refresh(connectionId)).resolves.toMatchObject({ ok: true });
  expect(await row(connectionId)).toMatchObject({ extra: null });
  await db.prisma.connection.update({ where: { id: connectionId }, data: { extra: "v1.lost.AAAA" } });
  await letPass(connectionId, 10);
  await expect(refresh(connectionId)).resolves.toMatchObject({ ok: true });
  expect((await read(name))?.oauth).toMatchObject({ accessToken: "at", extra: {} });
});

it("8 Microsoft: a refresh names the OAuth scopes again", async () => {
  const microsoft = quirks.likeMicrosoft(service);
  const { connectionId } = await connected({
    scopes: "offline_access Directory.Read.All",
    sendScopeOnRefresh: true,
  });
  await expect(refresh(connectionId)).resolves.toMatchObject({ ok: true });
  expect(microsoft.asked[0]?.params["scope"]).toBe("offline_access Directory.Read.All");
});

it("9 Microsoft GDAP: one consent makes each customer's token at the customer's own token URL", async () => {
  const paths = ["/common/token", "/contoso/token", "/fabrikam/token"];
  const microsoft = quirks.likeMicrosoft(service, paths);
  const { integrationId, name, connectionId } = await connected(
    { tokenUrl: service.url("/{entity_id}/token"), sendScopeOnRefresh: true, refreshTokensReusable: true },
    { defaultEntityId: "common", organizationPolicy: "derived" },
  );
  for (const entityId of ["contoso", "fabrikam"]) {
    const { id: organizationId } = await seedOrganization(db);
    await upsertMapping(testContext(db), { integrationId, organizationId, entityId });
    const oauth = (await read(name, organizationId))?.oauth;
    expect(oauth).toMatchObject({ source: "derived", entityId, refreshToken: null });
    expect(oauth?.accessToken).toMatch(new RegExp(`^${entityId}-at-`));
  }
  expect(microsoft.asked.map(({ path }) => path)).toEqual(["/contoso/token", "/fabrikam/token"]);
  expect(new Set(microsoft.asked.map(({ params }) => params["refresh_token"]))).toEqual(new Set(["rt-1"]));
  expect(await open(connectionId, "refreshToken")).toBe("rt-1");
});

it("10 Pax8: JSON with an audience, and a token that is rejected before its expiry is replaced once", async () => {
  const pax8 = quirks.likePax8(service);
  const { name } = await connected({
    flowType: "client_credentials",
    authorizationUrl: "",
    audience: "https://api.pax8.com",
    tokenRequestFormat: "json",
  });
  const before = (await read(name))?.oauth;
  expect(before).toMatchObject({ accessToken: "at-1", version: 1 });
  const burst = await Promise.all(
    Array.from({ length: 20 }, () =>
      forceRefresh(testContext(db), { name, scope: "global", ifVersion: before?.version }),
    ),
  );
  expect(new Set(burst.map(({ accessToken }) => accessToken))).toEqual(new Set(["at-2"]));
  expect(pax8.asked).toHaveLength(2);
});

it("11 HaloPSA: “Token not found” with status 400 is a dead refresh token", async () => {
  const halo = quirks.likeHaloPsa(service);
  const { connectionId } = await connected({}, { presetId: "halopsa", config: { subdomain: "acme" } });
  await expect(refresh(connectionId)).resolves.toMatchObject({ ok: true });
  halo.end();
  await letPass(connectionId, 10);
  await expect(refresh(connectionId)).resolves.toMatchObject({ ok: false, status: "reconnect_required" });
  expect((await row(connectionId)).errorMessage).toContain("Token not found");
  await letPass(connectionId, 3_600);
  await expect(refresh(connectionId)).resolves.toMatchObject({ ok: false, why: "refused" });
  expect(halo.asked).toHaveLength(2);
});

it("Atlassian: “unauthorized_client” with “refresh_token is invalid” is a dead refresh token, and not the client's fault", async () => {
  const { integrationId, connectionId } = await connected({}, { presetId: "atlassian" });
  service.always("/token", {
    status: 403,
    body: { error: "unauthorized_client", error_description: "refresh_token is invalid" },
  });
  await expect(refresh(connectionId)).resolves.toMatchObject({ ok: false, status: "reconnect_required" });
  expect(await row(connectionId)).toMatchObject({ errorCode: "dead_token" });
  const client = await db.prisma.oAuthClient.findUniqueOrThrow({ where: { integrationId } });
  expect(client).toMatchObject({ errorCode: null });
});

it("12 NinjaOne: where a region refuses offline_access, its words say so, and without it there is a refresh token too", async () => {
  quirks.likeNinjaOne(service);
  const refused = await connectByBrowser({ scopes: "monitoring offline_access" });
  expect(refused.outcome).toMatchObject({ outcome: "failed" });
  expect((await row(refused.connectionId)).connectErrorMessage).toContain(
    "offline_access is not supported in this region",
  );
  const taken = await connectByBrowser({ scopes: "monitoring" });
  expect(taken.outcome).toMatchObject({ outcome: "connected" });
  await expect(refresh(taken.connectionId)).resolves.toMatchObject({ ok: true });
});

it("13 Google: a refresh token comes only with prompt=consent and access_type=offline, and dies after 7 days in test mode", async () => {
  const google = quirks.likeGoogle(service);
  const bare = await connectByBrowser({});
  expect((await row(bare.connectionId)).refreshToken).toBeNull();
  const { connectionId } = await connectByBrowser({
    authorizationParams: { access_type: "offline", prompt: "consent" },
  });
  expect((await row(connectionId)).refreshTokenExpiresAt).not.toBeNull();
  await expect(refresh(connectionId)).resolves.toMatchObject({ ok: true });
  expect(await open(connectionId, "refreshToken")).toBe("rt-1");
  google.pass(7 * 86_400);
  await letPass(connectionId, 3_500);
  await runSchedule();
  expect(await row(connectionId)).toMatchObject({ status: "reconnect_required", errorCode: "invalid_grant" });
  expect((await row(connectionId)).errorMessage).toContain("Token has been expired or revoked.");
});

it("14 Reddit: no refresh token at all, so the token is served to its end and the end is shown", async () => {
  const reddit = quirks.likeReddit(service);
  const { connectionId, name } = await connected();
  await letPass(connectionId, 86_000);
  await runSchedule();
  expect((await read(name))?.oauth).toMatchObject({ accessToken: "at-1", status: "active" });
  await letPass(connectionId, 401);
  await runSchedule();
  expect(await row(connectionId)).toMatchObject({
    status: "reconnect_required",
    errorCode: "no_refresh_token",
  });
  const { oauth } = (await read(name)) ?? {};
  expect(oauth).toMatchObject({ accessToken: null, error: { code: "expired" } });
  expect(oauth?.error?.message).toContain("no refresh token");
  expect(reddit.asked).toHaveLength(0);
});

it("15 GitHub: refusals with HTTP 200 are ones, and tokens that never expire are left alone", async () => {
  const gitHub = quirks.likeGitHub(service);
  const { connectionId, name } = await connected();
  await letPass(connectionId, 10 * 365 * 86_400);
  await runSchedule();
  expect((await read(name))?.oauth).toMatchObject({ accessToken: "gho_1", expiresAt: null, error: null });
  await expect(refresh(connectionId)).resolves.toMatchObject({ ok: false, why: "refused" });
  expect(await row(connectionId)).toMatchObject({ status: "active", dueAt: null });
  expect(gitHub.asked).toHaveLength(0);
  gitHub.end();
  const refused = await connectByBrowser({});
  expect(refused.outcome).toMatchObject({ outcome: "failed" });
  expect((await row(refused.connectionId)).connectErrorMessage).toContain("incorrect or expired");
});

it("16 HubSpot, Shopify: each account's host takes its own grant's tokens, and no other's", async () => {
  const hosts = quirks.perAccountHost(service);
  const { port } = new URL(service.origin);
  const { integrationId, name } = await connected({}, { defaultEntityId: "own", apiHosts: ["localhost"] });
  const url = (path: string) => `http://{entity_id}.localhost:${port}${path}`;
  await db.prisma.oAuthClient.update({
    where: { integrationId },
    data: { authorizationUrl: url("/authorize"), tokenUrl: url("/token"), revocationUrl: null },
  });
  const connections: string[] = [];
  for (const entityId of ["alpha", "beta"]) {
    const { id: organizationId } = await seedOrganization(db);
    await upsertMapping(testContext(db), { integrationId, organizationId, entityId });
    const started = await startConnect(testContext(db, admin), { integrationId, organizationId });
    if (started.kind !== "redirect") throw new Error("no consent is needed");
    const { host, searchParams } = new URL(started.url);
    expect(host).toBe(`${entityId}.localhost:${port}`);
    const params = new URLSearchParams({ code: "c", state: searchParams.get("state") ?? "" });
    await completeConnect(testContext(db, admin), { slug: name, params });
    const own = await db.prisma.connection.findFirstOrThrow({
      where: { integrationId, mapping: { organizationId } },
    });
    connections.push(own.id);
    await expect(refresh(own.id)).resolves.toMatchObject({ ok: true });
    expect(await open(own.id, "accessToken")).toMatch(new RegExp(`^${entityId}-at-`));
  }
  expect(hosts.asked.map(({ headers }) => headers.host)).toEqual([
    `alpha.localhost:${port}`,
    `beta.localhost:${port}`,
  ]);
  // An account that moved: its grant does not follow to the new host by itself.
  await db.prisma.mapping.updateMany({
    where: { integrationId, entityId: "beta" },
    data: { entityId: "gamma" },
  });
  await letPass(connections[1] ?? "", 10);
  await expect(refresh(connections[1] ?? "")).resolves.toMatchObject({ ok: false, code: "origin_changed" });
  expect(hosts.asked).toHaveLength(2);
});

it("17 a service that takes 15 s is asked once, and everybody gets its answer", async () => {
  const facts = rotateTokens(service);
  const { connectionId } = await connected();
  const told = Promise.withResolvers<void>();
  service.enqueue("/token", {
    until: told.promise,
    body: { access_token: "at-slow", refresh_token: "rt-slow" },
  });
  const other = openDatabase(db.url);
  const first = refresh(connectionId);
  await vi.waitFor(() => expect(service.requests.at(-1)?.params["grant_type"]).toBe("refresh_token"));
  const asked = service.requests.length;
  // Longer than the ten seconds of the locks that others use.
  await letPass(connectionId, 15);
  const waiting = Array.from({ length: 8 }, (_, i) =>
    refresh(connectionId, { ifVersion: 1 }, i % 2 ? db : other),
  );
  await expect(refresh(connectionId, { reason: "read", waitMs: 0 }, other)).resolves.toMatchObject({
    why: "busy",
  });
  told.resolve();
  const ends = await Promise.all([first, ...waiting]);
  expect(new Set(ends.map((end) => end.ok && end.version))).toEqual(new Set([2]));
  expect([service.requests.length, facts.spentTwice]).toEqual([asked, 0]);
  await other.close();
});

it("18 down for an hour with 10 minutes left: served until it expires, then the reason, and it recovers by itself", async () => {
  rotateTokens(service);
  const { connectionId, name } = await connected();
  await letPass(connectionId, 3_000);
  const isDown = { status: 503, body: { error: "temporarily_unavailable" } };
  service.always("/token", isDown);
  const asked = service.requests.length;
  const answers: (string | null | undefined)[] = [];
  for (let minute = 0; minute < 60; minute++) {
    await refresh(connectionId, { reason: "due", waitMs: 0 });
    const { oauth } = (await read(name)) ?? {};
    answers.push(oauth?.accessToken ?? oauth?.error?.code);
    await letPass(connectionId, 60);
  }
  expect(answers.slice(0, 9)).toEqual(Array.from({ length: 9 }, () => "at-1"));
  expect(new Set(answers.slice(11))).toEqual(new Set(["temporarily_unavailable"]));
  expect(await row(connectionId)).toMatchObject({ status: "degraded", unanswered: null });
  // Once a minute at the most, for those who read; the schedule by itself backs off.
  expect(service.requests.length - asked).toBeLessThanOrEqual(70);
  rotateTokens(service);
  await letPass(connectionId, 3_600);
  await runSchedule();
  expect(await row(connectionId)).toMatchObject({ status: "active", errorCode: null, failures: 0 });
  expect((await read(name))?.oauth).toMatchObject({ status: "active", error: null });
});

it.each([90, -90])("19 a process clock %i s off PostgreSQL's makes no difference", async (seconds) => {
  rotateTokens(service);
  const skewed = () => new Date(Date.now() + seconds * 1_000);
  const dates = vi.useFakeTimers({ toFake: ["Date"], now: skewed() });
  try {
    const { integrationId, connectionId, name } = await connected();
    const lifeOf = async () => {
      const { expiresAt, dueAt } = await row(connectionId);
      const now = await readClock(db.pool);
      return [expiresAt, dueAt].map((time) => ((time?.getTime() ?? 0) - now.getTime()) / 1_000);
    };
    // Half a minute for a busy machine.
    const near = [3_600, 3_300].map((seconds) => expect.closeTo(seconds - 14, -1.5));
    expect(await lifeOf()).toEqual(near);
    await expect(refresh(connectionId)).resolves.toMatchObject({ ok: true });
    expect(await lifeOf()).toEqual(near);
    // 45 s before the end it is served, 45 s after it is not.
    service.always("/token", { status: 503 });
    await letPass(connectionId, 3_555);
    expect((await read(name))?.oauth).toMatchObject({ accessToken: "at-2" });
    await letPass(connectionId, 90);
    expect((await read(name))?.oauth).toMatchObject({ accessToken: null });
    // For how long the service asks to be left alone is told as it said it, at its answer and in the pause after it.
    await letPass(connectionId, 3_600);
    service.always("/token", { status: 429, headers: { "retry-after": "600" } });
    for (let tries = 0; tries < 2; tries++) {
      const forced = forceRefresh(testContext(db), { name, scope: "global" });
      await expect(forced).rejects.toMatchObject({
        code: "service_unavailable",
        retryAfterSeconds: expect.closeTo(586, -1.5) as number,
      });
    }
    const pressed = refreshToken(testContext(db, admin), { integrationId });
    await expect(pressed).rejects.toMatchObject({
      message: expect.stringMatching(/in (9|10) min\.$/) as string,
    });
  } finally {
    dates.useRealTimers();
  }
});

it("20 two admins connect the same integration at once: one grant is kept whole, and works", async () => {
  const facts = rotateTokens(service);
  const { integrationId, name, connectionId } = await connected();
  const second = await seedUser(db, "platform_admin");
  const begin = async (actor: UserActor) => {
    const started = await startConnect(testContext(db, actor), { integrationId });
    if (started.kind !== "redirect") throw new Error("no consent is needed");
    return new URLSearchParams({ code: "c", state: new URL(started.url).searchParams.get("state") ?? "" });
  };
  const both = [
    { actor: admin, params: await begin(admin) },
    { actor: second, params: await begin(second) },
  ];
  const outcomes = await Promise.all([
    ...both.map(({ actor, params }) => completeConnect(testContext(db, actor), { slug: name, params })),
    refresh(connectionId),
  ]);
  expect(outcomes.slice(0, 2)).toMatchObject([{ outcome: "connected" }, { outcome: "connected" }]);
  const [access, token] = [await open(connectionId, "accessToken"), await open(connectionId, "refreshToken")];
  expect(access.replace("at-", "")).toBe(token.replace("rt-", ""));
  expect(await db.prisma.connection.count({ where: { integrationId } })).toBe(1);
  await letPass(connectionId, 10);
  await expect(refresh(connectionId)).resolves.toMatchObject({ ok: true });
  expect(facts.spentTwice).toBe(0);
  expect(await row(connectionId)).toMatchObject({ status: "active", unanswered: null });
});

it("21 deletion during refresh: what comes is revoked, and nothing is left", async () => {
  rotateTokens(service);
  const { integrationId, name, connectionId } = await connected();
  const told = Promise.withResolvers<void>();
  service.enqueue("/token", { until: told.promise, body: { access_token: "at-9", refresh_token: "rt-9" } });
  const pending = refresh(connectionId);
  await vi.waitFor(() => expect(service.requests.at(-1)?.params["grant_type"]).toBe("refresh_token"));
  await deleteIntegration(testContext(db, admin), { id: integrationId, confirmName: name });
  told.resolve();
  await expect(pending).resolves.toMatchObject({ ok: false });
  expect(await db.prisma.connection.count({ where: { integrationId } })).toBe(0);
  await vi.waitFor(() => {
    const revoked = service.requests
      .filter(({ path }) => path === "/revoke")
      .map(({ params }) => params["token"]);
    expect(revoked).toContain("rt-9");
  });
});

describe("22 a process that dies", () => {
  // Here it is never heard of again; test/proof kills real ones, and the interleavings try every step.
  async function dieAt(step: Step, answer: AnswerClass, oauth: Record<string, unknown> = {}) {
    const { connectionId } = await connected(oauth);
    const spending = new SpendingService(service);
    const stored = new StoredConnection(db, connectionId);
    spending.begin("rt-0", { dying: answer });
    await stored.start("rt-0", 50, "retry");
    const process = new GatedProcess<unknown>("dying", spending);
    await process.start(testContext(db), (own) =>
      refreshConnection(own, { connectionId, reason: "due", waitMs: 0 }),
    );
    while (process.waiting !== step) {
      if (process.end) throw new Error(`it ended before it came to ${step}: ${JSON.stringify(process.end)}`);
      await process.step("");
    }
    process.die();
    await expect(refresh(connectionId, { waitMs: 0 })).resolves.toMatchObject({ ok: step === "claim" });
    await stored.letPass(100);
    await refresh(connectionId, { reason: "due" });
    return { connectionId, state: await stored.read(), spending };
  }

  it("before it asked has done no harm", async () => {
    const { state, spending } = await dieAt("send", "rotates");
    expect(state).toMatchObject({ status: "active", refreshToken: spending.alive });
    expect(spending.presentations).toHaveLength(1);
  });

  it("leaves an entry in the activity of the attempt that it did not end, once, when the next one begins", async () => {
    const { connectionId, state } = await dieAt("answer", "unheard");
    const entries = () =>
      db.prisma.connectionActivity.findMany({ where: { connectionId }, orderBy: { occurredAt: "asc" } });
    const lost = { attempt: 2, reason: "not_recorded", outcome: "passing", code: "answer_not_stored" };
    expect(await entries()).toMatchObject([lost, { attempt: state.attempt, outcome: "success" }]);
    const page = await listActivityPage(testContext(db, admin), (await row(connectionId)).integrationId, {});
    expect(page.rows.at(-1)).toMatchObject({
      what: expect.stringContaining("No answer") as string,
      note: null,
    });
  });

  it("during the request, which the service never heard, is made up for", async () => {
    const { state, spending } = await dieAt("answer", "unheard");
    expect(state).toMatchObject({ status: "active", refreshToken: spending.alive });
  });

  it("between answer and commit leaves a reusable token working", async () => {
    const { state, spending } = await dieAt("answer", "keeps", { refreshTokensReusable: true });
    expect(state).toMatchObject({ status: "active", refreshToken: spending.alive });
  });

  it("between answer and commit of a single-use token asks for a person, once the service has said no", async () => {
    const { state, spending } = await dieAt("answer", "rotates");
    expect(state).toMatchObject({ status: "reconnect_required", errorCode: "invalid_grant" });
    expect(spending.presentations.map(({ outcome }) => outcome)).toEqual(["granted", "refused"]);
  });
});
