import { describe, expect, it, vi } from "vitest";
import { demandNewConsent } from "@/lib/connections/demand-new-consent";
import { disconnectConnection } from "@/lib/connections/disconnect-connection";
import { unseal } from "@/lib/crypto/seal";
import { openDatabase, type Database } from "@/lib/db/client";
import { createGuardedFetch } from "@/lib/egress/guarded-fetch";
import { deleteIntegration } from "@/lib/integrations/delete-integration";
import { getIntegration } from "@/lib/integrations/queries";
import { connectIntegration, consent } from "@/test/connected-integration";
import { testContext } from "@/test/context";
import { startFaultyService } from "@/test/oauth-service/faulty-service";
import { rotateTokens } from "@/test/rotating-service";
import { admin, db, service, useServiceBed } from "@/test/service-bed";
import { claimAttempt } from "./claim-attempt";
import { confirmRefreshing } from "./confirm-refreshing";
import { forceRefresh } from "./force-refresh";
import { MOST_WAITED_FOR } from "./origin-slots";
import { readRefreshRow } from "./queries";
import { readFreshIntegration } from "./read-fresh-integration";
import { attemptRefresh, refreshConnection, type RefreshRequest } from "./refresh-connection";
import { startSchedule } from "./refresh-due";

useServiceBed();

const rotate = (options: { delayMs?: number } = {}) => rotateTokens(service, options);
const connected = (oauth: Record<string, unknown> = {}) => connectIntegration(db, admin, service, oauth);
const connect = (integrationId: string, slug: string) => consent(db, admin, integrationId, slug);

const row = (id: string) => db.prisma.connection.findUniqueOrThrow({ where: { id } });

function refresh(connectionId: string, request: Partial<RefreshRequest> = {}, database: Database = db) {
  return refreshConnection(testContext(database), {
    connectionId,
    reason: "sdk",
    waitMs: 20_000,
    ...request,
  });
}

async function openToken(id: string, field: "accessToken" | "refreshToken") {
  const sealed = (await row(id))[field];
  return sealed && unseal(testContext(db).keyring, { table: "Connection", id, field }, sealed);
}

/** What the Activity tab has of it, the newest first. */
async function outcomesOf(connectionId: string): Promise<string[]> {
  const rows = await db.prisma.connectionActivity.findMany({
    where: { connectionId },
    orderBy: { occurredAt: "desc" },
  });
  return rows.map(({ outcome }) => outcome);
}

/** The service's next answer waits until this is called. */
function holdAnswer(): () => void {
  const { promise: until, resolve } = Promise.withResolvers<void>();
  const body = { access_token: "late", refresh_token: "late-rt", expires_in: 3_600 };
  service.enqueue("/token", { until, body });
  return resolve;
}

const tokenRequests = () =>
  service.requests.filter((request) => request.params["grant_type"] === "refresh_token");

describe("a refresh", () => {
  it("stores the new tokens, sealed, and says when they expire by the database's clock", async () => {
    rotate();
    const { connectionId } = await connected();
    const before = await row(connectionId);
    await expect(refresh(connectionId)).resolves.toEqual({ ok: true, version: before.attempt + 1 });
    const after = await row(connectionId);
    expect(after).toMatchObject({ status: "active", unanswered: null, leaseUntil: null, failures: 0 });
    expect(after.tokenVersion).toBe(before.tokenVersion + 1);
    expect(after.expiresAt?.getTime()).toBeGreaterThan(Date.now() + 3_590_000);
    expect(after.dueAt?.getTime()).toBeLessThan(after.expiresAt?.getTime() ?? 0);
    expect(await openToken(connectionId, "refreshToken")).toBe("rt-2");
    const [activity] = await db.prisma.connectionActivity.findMany({ where: { connectionId } });
    expect(activity).toMatchObject({ outcome: "success", reason: "sdk", attempt: after.attempt });
  });

  it("keeps the old refresh token where the answer has none, and what the service said only once", async () => {
    service.enqueue("/token", {
      body: { access_token: "a1", refresh_token: "r1", expires_in: 60, api_domain: "https://x" },
    });
    service.enqueue("/token", { body: { access_token: "a2", expires_in: 60 } });
    const { connectionId } = await connected();
    await refresh(connectionId);
    expect(await openToken(connectionId, "refreshToken")).toBe("r1");
    const place = { table: "Connection", id: connectionId, field: "extra" };
    const extra = unseal(testContext(db).keyring, place, (await row(connectionId)).extra ?? "");
    expect(JSON.parse(extra)).toMatchObject({ api_domain: "https://x" });
  });

  it("of 4 processes with 64 wishes each and one version presents the token once", async () => {
    const facts = rotate({ delayMs: 300 });
    const { connectionId } = await connected();
    const version = (await row(connectionId)).tokenVersion;
    const databases = [db, ...[1, 2, 3].map(() => openDatabase(db.url))];
    const wishes = databases.flatMap((database) =>
      Array.from({ length: 64 }, () => refresh(connectionId, { ifVersion: version }, database)),
    );
    const ends = await Promise.all(wishes);
    await Promise.all(databases.slice(1).map((database) => database.close()));
    expect(new Set(ends.map((end) => JSON.stringify(end)))).toEqual(
      new Set([JSON.stringify({ ok: true, version: version + 1 })]),
    );
    expect(tokenRequests()).toHaveLength(1);
    expect(facts.spentTwice).toBe(0);
  });

  it("returns what is stored where that is newer than the caller's", async () => {
    rotate();
    const { connectionId } = await connected();
    const version = (await row(connectionId)).tokenVersion;
    await refresh(connectionId, { ifVersion: version });
    await refresh(connectionId, { ifVersion: version });
    expect(tokenRequests()).toHaveLength(1);
  });

  it("does not take a newer token for good that has expired meanwhile", async () => {
    rotate();
    const { connectionId } = await connected();
    const version = (await row(connectionId)).tokenVersion;
    await refresh(connectionId, { ifVersion: version });
    await db.pool.query(
      `UPDATE "Connection" SET "expiresAt" = now() - interval '1 s', "attemptEndedAt" = NULL WHERE "id" = $1`,
      [connectionId],
    );
    await expect(refresh(connectionId, { ifVersion: version })).resolves.toMatchObject({ ok: true });
    expect(tokenRequests()).toHaveLength(2);
    expect((await row(connectionId)).expiresAt?.getTime()).toBeGreaterThan(Date.now());
  });

  it("waits as long as it says where it joined one that began earlier", async () => {
    const answered = Promise.withResolvers<void>();
    rotate();
    const { connectionId } = await connected();
    service.enqueue("/token", {
      until: answered.promise,
      body: { access_token: "late", refresh_token: "rt-late", expires_in: 3_600 },
    });
    const hasty = refresh(connectionId, { waitMs: 300 });
    const patient = refresh(connectionId);
    await expect(hasty).resolves.toMatchObject({ why: "busy" });
    answered.resolve();
    await expect(patient).resolves.toMatchObject({ ok: true });
    expect(tokenRequests()).toHaveLength(1);
  });

  it("of more connections at one service than it takes at once comes to each", async () => {
    const made = await Promise.all(Array.from({ length: MOST_WAITED_FOR + 6 }, () => connected()));
    const answered = Promise.withResolvers<void>();
    let [now, most] = [0, 0];
    service.always("/token", () => {
      now += 1;
      most = Math.max(most, now);
      void answered.promise.then(() => (now -= 1));
      return {
        until: answered.promise,
        body: { access_token: "a", refresh_token: "r", expires_in: 3_600 },
      };
    });
    const pending = made.map(({ connectionId }) => refresh(connectionId));
    await vi.waitFor(() => expect(now).toBe(MOST_WAITED_FOR), 20_000);
    answered.resolve();
    for (const end of await Promise.all(pending)) expect(end).toMatchObject({ ok: true });
    expect(most).toBe(MOST_WAITED_FOR);
  });

  it("does not hammer a service that has just said no", async () => {
    rotate();
    const { connectionId } = await connected();
    service.enqueue("/token", { status: 503, body: "busy" });
    await expect(refresh(connectionId)).resolves.toMatchObject({ ok: false, why: "failed" });
    await expect(refresh(connectionId)).resolves.toMatchObject({ ok: false, why: "later" });
    expect(tokenRequests()).toHaveLength(1);
  });

  it("waits no longer than it says for its own attempt either, which goes on", async () => {
    const { connectionId } = await connected();
    const answer = holdAnswer();
    await expect(refresh(connectionId, { waitMs: 100 })).resolves.toMatchObject({
      why: "busy",
      code: "refresh_in_progress",
    });
    answer();
    await vi.waitFor(async () => expect((await row(connectionId)).tokenVersion).toBe(2), 20_000);
    expect(tokenRequests()).toHaveLength(1);
  });

  it("honours Retry-After", async () => {
    rotate();
    const { connectionId } = await connected();
    service.enqueue("/token", {
      status: 429,
      headers: { "retry-after": "120" },
      body: { error: "rate_limited" },
    });
    await refresh(connectionId);
    const after = await row(connectionId);
    expect(after.forbiddenUntil?.getTime()).toBeGreaterThan(Date.now() + 110_000);
    expect(after).toMatchObject({ status: "degraded", unanswered: null, leaseUntil: null });
  });

  it("marks a refused grant for a person, and keeps the token that still works", async () => {
    rotate();
    const { connectionId } = await connected();
    service.enqueue("/token", {
      status: 400,
      body: { error: "invalid_grant", error_description: "Revoked by Ada." },
    });
    await expect(refresh(connectionId)).resolves.toMatchObject({
      ok: false,
      why: "failed",
      code: "invalid_grant",
    });
    const after = await row(connectionId);
    expect(after).toMatchObject({ status: "reconnect_required", errorCode: "invalid_grant", dueAt: null });
    expect(after.errorMessage).toContain("Revoked by Ada.");
    expect(await openToken(connectionId, "accessToken")).toBe("at-1");
    await expect(refresh(connectionId)).resolves.toMatchObject({
      why: "refused",
      code: "reconnect_required",
    });
    expect(tokenRequests()).toHaveLength(1);
  });

  it("shows the OAuth client's fault once, on the integration, and takes it back when it is mended", async () => {
    rotate();
    const { integrationId, connectionId } = await connected();
    service.enqueue("/token", {
      status: 401,
      body: { error: "invalid_client", error_description: "Secret expired." },
    });
    await refresh(connectionId);
    const client = () => db.prisma.oAuthClient.findUniqueOrThrow({ where: { integrationId } });
    expect(await client()).toMatchObject({ errorCode: "oauth_client_invalid" });
    expect(await row(connectionId)).toMatchObject({
      status: "degraded",
      errorCode: "oauth_client_invalid",
      unanswered: null,
    });
    await db.pool.query(`UPDATE "Connection" SET "attemptEndedAt" = now() - interval '6 s' WHERE id = $1`, [
      connectionId,
    ]);
    await expect(refresh(connectionId, { reason: "button" })).resolves.toMatchObject({ ok: true });
    expect(await client()).toMatchObject({ errorCode: null, probeAt: null });
  });
});

describe("an answer that never comes", () => {
  it("leaves the token perhaps spent: nobody presents it again before the lease is over", async () => {
    rotate();
    const { connectionId } = await connected();
    service.enqueue("/token", { fault: "reset" });
    await expect(refresh(connectionId)).resolves.toMatchObject({ ok: false, why: "failed" });
    const after = await row(connectionId);
    expect(after.unanswered).toBe(after.attempt);
    expect(after.leaseUntil?.getTime()).toBeGreaterThan(Date.now() + 60_000);
    await expect(refresh(connectionId, { waitMs: 100 })).resolves.toMatchObject({ why: "busy" });
    expect(tokenRequests()).toHaveLength(1);
  });

  it("is risked again after the lease by default, and never where the admin said so", async () => {
    rotate();
    const lapse = (id: string) =>
      db.pool.query(
        `UPDATE "Connection" SET "leaseUntil" = now() - interval '1 s', "attemptEndedAt" = now() - interval '6 s' WHERE id = $1`,
        [id],
      );
    const risking = await connected();
    service.enqueue("/token", { fault: "reset" });
    await refresh(risking.connectionId);
    await lapse(risking.connectionId);
    await expect(refresh(risking.connectionId)).resolves.toMatchObject({ ok: true });
    expect(await outcomesOf(risking.connectionId)).toEqual(["success", "passing"]);
    const careful = await connected({ unansweredPolicy: "never" });
    service.enqueue("/token", { fault: "reset" });
    await refresh(careful.connectionId);
    await lapse(careful.connectionId);
    await expect(refresh(careful.connectionId)).resolves.toMatchObject({
      why: "refused",
      code: "reconnect_required",
    });
    expect(await row(careful.connectionId)).toMatchObject({ errorCode: "answer_lost" });
    expect(await outcomesOf(careful.connectionId)).toEqual(["needs_person", "passing"]);
  });

  it("is told apart from a request that never left", async () => {
    rotate();
    const { connectionId } = await connected();
    await service.close();
    await expect(refresh(connectionId)).resolves.toMatchObject({
      ok: false,
      why: "failed",
      code: "connect_failed",
    });
    expect(await row(connectionId)).toMatchObject({ unanswered: null, leaseUntil: null, status: "degraded" });
  });
});

describe("what went wrong on the way", () => {
  const shown = async (integrationId: string) =>
    (await getIntegration(testContext(db, admin), integrationId)).connection?.error;

  it("is told as it was where nothing was sent, with who can mend it", async () => {
    const unset = await connected();
    await db.prisma.oAuthClient.update({
      where: { integrationId: unset.integrationId },
      data: { clientSecret: null },
    });
    await expect(refresh(unset.connectionId)).resolves.toMatchObject({ code: "unsent", status: "degraded" });
    expect(await shown(unset.integrationId)).toMatchObject({
      act: "edit_settings",
      note: expect.stringContaining("client secret") as string,
    });
    const forbidden = await connected();
    const fetch = createGuardedFetch({ allowLoopback: false, allow: [] });
    const end = await refreshConnection(
      { ...testContext(db), fetch },
      { connectionId: forbidden.connectionId, reason: "sdk", waitMs: 20_000 },
    );
    expect(end).toMatchObject({ code: "address_forbidden", status: "degraded" });
    expect(await shown(forbidden.integrationId)).toMatchObject({
      what: "The Token URL leads to an address that this server may not call.",
      act: "edit_settings",
    });
    expect(tokenRequests()).toHaveLength(0);
  });

  it.each([
    [{ fault: "reset" }, "reset", "The service broke the connection."],
    [
      { status: 302, headers: { location: "/elsewhere" } },
      "redirect_refused",
      "The Token URL answered with a redirect, which is not followed.",
    ],
    [{ fault: "large" }, "too_large", "The service answered with far more than a token."],
  ] as const)("is told as it was where no answer could be used: %o", async (answer, code, what) => {
    const { integrationId, connectionId } = await connected();
    service.enqueue("/token", answer);
    await expect(refresh(connectionId)).resolves.toMatchObject({ code, status: "degraded" });
    expect(await shown(integrationId)).toMatchObject({ code, what });
  });
});

it("is not sent 20 s after its claim, on whichever clock they passed", async () => {
  rotate();
  const { connectionId } = await connected();
  for (const late of [{ claimedAt: performance.now() - 21_000 }, { claimedOn: Date.now() - 21_000 }]) {
    const read = await readRefreshRow(db.pool, connectionId);
    const claim = read && (await claimAttempt(db.pool, read));
    if (!claim) throw new Error("The attempt was not to be had.");
    const end = await attemptRefresh(testContext(db), { ...claim, ...late }, "due");
    expect(end).toMatchObject({
      ok: false,
      code: "too_late_to_send",
      message: expect.stringContaining("took too long") as string,
    });
  }
  expect(tokenRequests()).toHaveLength(0);
  expect(await row(connectionId)).toMatchObject({ unanswered: null, leaseUntil: null });
});

describe("while a refresh is under way", () => {
  it("a disconnect forgets, and the late answer is revoked", async () => {
    const { integrationId, connectionId } = await connected();
    const answer = holdAnswer();
    const pending = refresh(connectionId);
    await vi.waitFor(() => expect(tokenRequests()).toHaveLength(1));
    await disconnectConnection(testContext(db, admin), { integrationId });
    answer();
    await expect(pending).resolves.toMatchObject({ ok: false, code: "connection_changed" });
    expect(await row(connectionId)).toMatchObject({ status: "not_connected", accessToken: null });
    const revoked = service.requests
      .filter((request) => request.path === "/revoke")
      .map((each) => each.params["token"]);
    expect(revoked).toContain("late-rt");
  });

  it("a deletion forgets, and the late answer is revoked", async () => {
    const { integrationId, name, connectionId } = await connected();
    const answer = holdAnswer();
    const pending = refresh(connectionId);
    await vi.waitFor(() => expect(tokenRequests()).toHaveLength(1));
    await deleteIntegration(testContext(db, admin), { id: integrationId, confirmName: name });
    answer();
    await expect(pending).resolves.toMatchObject({ ok: false });
    await vi.waitFor(() => expect(service.requests.some((request) => request.path === "/revoke")).toBe(true));
  });

  it("a reconnect wins, and the late answer of the old grant is dropped, not revoked", async () => {
    rotate();
    const { integrationId, name, connectionId } = await connected();
    const answer = holdAnswer();
    const pending = refresh(connectionId);
    await vi.waitFor(() => expect(tokenRequests()).toHaveLength(1));
    await connect(integrationId, name);
    const version = (await row(connectionId)).tokenVersion;
    answer();
    await expect(pending).resolves.toMatchObject({ ok: false, code: "connection_changed" });
    expect((await row(connectionId)).tokenVersion).toBe(version);
    expect(await outcomesOf(connectionId)).toEqual(["superseded"]);
    expect(service.requests.some((request) => request.path === "/revoke")).toBe(false);
  });

  it("an edit that asks for a new consent is what a forced refresh that waits is told", async () => {
    const { integrationId, name, connectionId } = await connected();
    const read = await readRefreshRow(db.pool, connectionId);
    if (!read || !(await claimAttempt(db.pool, read))) throw new Error("The attempt was not to be had.");
    const queries = vi.spyOn(db.pool, "query");
    const forced = forceRefresh(testContext(db), { name, scope: "global" });
    const asked = expect.objectContaining({ name: "installation-address" }) as object;
    await vi.waitFor(() => expect(queries).toHaveBeenCalledWith(asked));
    queries.mockRestore();
    const origins = ["https://other.example.com"];
    await db.prisma.$transaction((tx) => demandNewConsent(tx, integrationId, origins, new Date()));
    await expect(forced).rejects.toMatchObject({ code: "reconnect_required" });
    expect(tokenRequests()).toHaveLength(0);
  });

  it("an answer that comes after the lease is stored, as it may hold the only live token", async () => {
    const { connectionId } = await connected();
    const answer = holdAnswer();
    const pending = refresh(connectionId);
    await vi.waitFor(() => expect(tokenRequests()).toHaveLength(1));
    await db.pool.query(`UPDATE "Connection" SET "leaseUntil" = now() - interval '1 s' WHERE id = $1`, [
      connectionId,
    ]);
    answer();
    await expect(pending).resolves.toMatchObject({ ok: true });
    expect(await openToken(connectionId, "refreshToken")).toBe("late-rt");
  });
});

it("presents client credentials again without asking whether they are spent", async () => {
  rotate();
  const { connectionId } = await connected({ flowType: "client_credentials", authorizationUrl: "" });
  await expect(refresh(connectionId)).resolves.toMatchObject({ ok: true });
  expect(service.requests.at(-1)?.params["grant_type"]).toBe("client_credentials");
});

it("never sends a refresh token to another origin than the grant was made at", async () => {
  rotate();
  const { integrationId, connectionId } = await connected();
  const elsewhere = await startFaultyService();
  await db.prisma.oAuthClient.update({
    where: { integrationId },
    data: { tokenUrl: elsewhere.url("/token") },
  });
  await expect(refresh(connectionId)).resolves.toMatchObject({ ok: false, why: "failed" });
  expect(elsewhere.requests).toHaveLength(0);
  await elsewhere.close();
});

describe("the schedule", () => {
  it("refreshes what is due, read or not, at each service at its own pace", async () => {
    rotate();
    const due = await Promise.all([connected(), connected(), connected()]);
    const fresh = await connected();
    const slow = await startFaultyService();
    const hanging = await connected();
    await db.prisma.oAuthClient.update({
      where: { integrationId: hanging.integrationId },
      data: { tokenUrl: slow.url("/token") },
    });
    slow.always("/token", { fault: "hang" });
    const ids = [...due, hanging].map(({ connectionId }) => connectionId);
    await db.pool.query(`UPDATE "Connection" SET "dueAt" = now() WHERE id = ANY($1)`, [ids]);
    await db.prisma.connection.update({
      where: { id: hanging.connectionId },
      data: { tokenOrigin: slow.origin },
    });
    const schedule = startSchedule(testContext(db), { idleMs: 20 });
    await vi.waitFor(async () => {
      for (const { connectionId } of due) expect((await row(connectionId)).tokenVersion).toBe(2);
    });
    expect((await row(fresh.connectionId)).tokenVersion).toBe(1);
    expect(tokenRequests()).toHaveLength(3);
    await slow.close();
    await schedule.stop();
  });

  it("says when a grant without a refresh token has expired that only a person can mend it", async () => {
    service.enqueue("/token", { body: { access_token: "short", expires_in: 1 } });
    const { connectionId } = await connected();
    const schedule = startSchedule(testContext(db), { idleMs: 50 });
    await vi.waitFor(async () =>
      expect(await row(connectionId)).toMatchObject({
        status: "reconnect_required",
        errorCode: "no_refresh_token",
      }),
    );
    await schedule.stop();
    expect(tokenRequests()).toHaveLength(0);
  });

  it("keeps its hands off while the database may be a copy that also runs elsewhere", async () => {
    const facts = rotate();
    const { connectionId } = await connected();
    const before = facts.count;
    await db.pool.query(`UPDATE "Connection" SET "dueAt" = now() WHERE id = $1`, [connectionId]);
    const elsewhere = testContext(db, undefined, { publicUrl: "https://copy.example.com" });
    await db.pool.query(
      `INSERT INTO "Installation" (id, "publicUrl") VALUES (gen_random_uuid(), 'https://bifrost.example.com')
       ON CONFLICT ("singleton") DO UPDATE SET "publicUrl" = EXCLUDED."publicUrl"`,
    );
    const schedule = startSchedule(elsewhere, { idleMs: 10 });
    const wish = refreshConnection(elsewhere, { connectionId, reason: "sdk", waitMs: 100 });
    await expect(wish).resolves.toMatchObject({ why: "refused", code: "refresh_paused" });
    expect(facts.count).toBe(before);
    await confirmRefreshing(elsewhere);
    await vi.waitFor(async () => expect((await row(connectionId)).tokenVersion).toBe(2));
    await schedule.stop();
    await db.pool.query(`DELETE FROM "Installation"`);
  });
});

describe("a read", () => {
  const set = (connectionId: string, columns: string) =>
    db.pool.query(`UPDATE "Connection" SET ${columns} WHERE id = $1`, [connectionId]);
  const read = (name: string) => readFreshIntegration(testContext(db), { name, scope: "global" });

  it("of a due token gives it at once and refreshes behind", async () => {
    rotate({ delayMs: 300 });
    const { name, connectionId } = await connected();
    await set(connectionId, `"dueAt" = now() - interval '1 s'`);
    const data = await read(name);
    expect(data?.oauth).toMatchObject({ accessToken: "at-1", error: null });
    await vi.waitFor(async () => expect((await row(connectionId)).tokenVersion).toBe(2));
  });

  it("of a due token waits for the new one where the service ends the old one by refreshing", async () => {
    rotate({ delayMs: 300 });
    const { name, connectionId } = await connected({ refreshEndsAccessToken: true });
    expect((await read(name))?.oauth).toMatchObject({ accessToken: "at-1" });
    await set(connectionId, `"dueAt" = now() - interval '1 s'`);
    const reads = await Promise.all(Array.from({ length: 5 }, () => read(name)));
    expect(new Set(reads.map((data) => data?.oauth?.accessToken))).toEqual(new Set(["at-2"]));
    expect(tokenRequests()).toHaveLength(1);
    // A failure is no reason to withhold a token that may still be good.
    await set(connectionId, `"dueAt" = now() - interval '1 s'`);
    service.enqueue("/token", { status: 503, body: "busy" });
    expect((await read(name))?.oauth).toMatchObject({ accessToken: "at-2", status: "degraded" });
  });

  it("of an expired token waits for the new one, however many read at once", async () => {
    rotate({ delayMs: 200 });
    const { name, connectionId } = await connected();
    await set(connectionId, `"expiresAt" = now() - interval '1 s', "dueAt" = now() - interval '1 min'`);
    const reads = await Promise.all(Array.from({ length: 20 }, () => read(name)));
    expect(new Set(reads.map((data) => data?.oauth?.accessToken))).toEqual(new Set(["at-2"]));
    expect(tokenRequests()).toHaveLength(1);
  });

  it("of an expired token says why there is no new one", async () => {
    rotate();
    const { name, connectionId } = await connected();
    await set(connectionId, `"expiresAt" = now() - interval '1 s'`);
    service.enqueue("/token", { status: 503, body: { error: "temporarily_unavailable" } });
    const data = await read(name);
    expect(data?.oauth).toMatchObject({
      accessToken: null,
      status: "degraded",
      error: { code: "temporarily_unavailable" },
    });
  });

  it("gives a token that is good although the last refresh failed", async () => {
    rotate();
    const { name, connectionId } = await connected();
    service.enqueue("/token", { status: 400, body: { error: "invalid_grant" } });
    await refresh(connectionId);
    expect((await read(name))?.oauth).toMatchObject({ accessToken: "at-1", status: "reconnect_required" });
  });
});
