import { beforeEach, describe, expect, it, vi } from "vitest";
import { disconnectConnection } from "@/lib/connections/disconnect-connection";
import { unseal } from "@/lib/crypto/seal";
import { openDatabase, type Database } from "@/lib/db/client";
import { listForecast } from "@/lib/health/list-forecast";
import { connectIntegration, consent } from "@/test/connected-integration";
import { testContext } from "@/test/context";
import type { ScriptedAnswer } from "@/test/oauth-service/scripted-answer";
import { rotateTokens } from "@/test/rotating-service";
import { admin, db, service, useServiceBed } from "@/test/service-bed";
import { readFreshIntegration } from "./read-fresh-integration";
import { refreshConnection } from "./refresh-connection";
import type { RefreshReason } from "./rules";

useServiceBed();
beforeEach(() => {
  rotateTokens(service);
});

const row = (id: string) => db.prisma.connection.findUniqueOrThrow({ where: { id } });

const refresh = (connectionId: string, database: Database = db, reason: RefreshReason = "button") =>
  refreshConnection(testContext(database), { connectionId, reason, waitMs: 20_000 });

async function refreshTokenOf(id: string): Promise<string> {
  const place = { table: "Connection", id, field: "refreshToken" };
  return unseal(testContext(db).keyring, place, (await row(id)).refreshToken ?? "");
}

const integrationOf = (id: string) => db.prisma.integration.findUniqueOrThrow({ where: { id } });

const presented = () => service.requests.filter(({ params }) => params["grant_type"] === "refresh_token");

/** Lets time pass over the lease and the pause after an attempt. */
const lapse = (id: string) =>
  db.pool.query(
    `UPDATE "Connection" SET "leaseUntil" = now() - interval '1 s', "attemptEndedAt" = NULL WHERE "id" = $1`,
    [id],
  );

/** Runs `work` while another session holds the rows that `lock` names. */
async function whileLocked(lock: string, id: string, work: () => Promise<void>): Promise<void> {
  const client = await db.pool.connect();
  try {
    await client.query("BEGIN");
    await client.query(lock, [id]);
    await work();
  } finally {
    await client.query("ROLLBACK");
    client.release();
  }
}

/** Sees the store wait for the lock, give up and come again. */
async function storedTwiceInVain(): Promise<void> {
  const tries = new Set<string>();
  await vi.waitFor(
    async () => {
      const { rows } = await db.pool.query<{ began: string }>(
        `SELECT query_start::text AS began FROM pg_stat_activity
         WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      rows.forEach(({ began }) => tries.add(began));
      expect(tries.size).toBeGreaterThan(1);
    },
    { timeout: 60_000, interval: 5 },
  );
}

describe("an answer with a new refresh token", () => {
  it("is stored after all where the database refused it at first", async () => {
    const { connectionId } = await connectIntegration(db, admin, service);
    const hasty = openDatabase(`${db.url}?options=-c%20lock_timeout%3D50`);
    const told = Promise.withResolvers<void>();
    service.enqueue("/token", { until: told.promise, body: { access_token: "at-9", refresh_token: "rt-9" } });
    const pending = refresh(connectionId, hasty);
    await vi.waitFor(() => expect(presented()).toHaveLength(1));
    await whileLocked(`SELECT 1 FROM "Connection" WHERE "id" = $1 FOR UPDATE`, connectionId, async () => {
      told.resolve();
      await storedTwiceInVain();
    });
    await expect(pending).resolves.toMatchObject({ ok: true });
    expect(await refreshTokenOf(connectionId)).toBe("rt-9");
    await hasty.close();
  });

  it("waits for nobody who saves the OAuth client at that moment, as both would wait for ever", async () => {
    const { integrationId, connectionId } = await connectIntegration(db, admin, service);
    await db.prisma.oAuthClient.update({
      where: { integrationId },
      data: { errorCode: "oauth_client_invalid" },
    });
    const lock = `SELECT 1 FROM "OAuthClient" WHERE "integrationId" = $1 FOR UPDATE`;
    await whileLocked(lock, integrationId, async () => {
      await expect(refresh(connectionId)).resolves.toMatchObject({ ok: true });
      service.enqueue("/token", { status: 401, body: { error: "invalid_client" } });
      await lapse(connectionId);
      await expect(refresh(connectionId)).resolves.toMatchObject({ ok: false, code: "oauth_client_invalid" });
    });
    expect(await refreshTokenOf(connectionId)).toBe("rt-2");
  });

  it("is stored whatever else it says", async () => {
    const { connectionId } = await connectIntegration(db, admin, service);
    const odd = {
      token_type: "a\u0000b",
      scope: "x\u0000 \ud800 y",
      expires_in: 1e308,
      team: { name: "\u0000" },
    };
    service.enqueue("/token", { body: { access_token: "at-9", refresh_token: "rt-9", ...odd } });
    await expect(refresh(connectionId)).resolves.toMatchObject({ ok: true });
    expect(await refreshTokenOf(connectionId)).toBe("rt-9");
  });

  it("outlives the refusal of the token before it, which a second attempt after a stall brought on", async () => {
    const { connectionId } = await connectIntegration(db, admin, service);
    const other = openDatabase(db.url);
    const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    service.enqueue(
      "/token",
      { until: first.promise, body: { access_token: "at-9", refresh_token: "rt-9" } },
      { until: second.promise, status: 400, body: { error: "invalid_grant" } },
    );
    const stalled = refresh(connectionId);
    await vi.waitFor(() => expect(presented()).toHaveLength(1));
    await lapse(connectionId);
    const later = refresh(connectionId, other, "sdk");
    await vi.waitFor(() => expect(presented()).toHaveLength(2));
    first.resolve();
    const { attempt } = await row(connectionId);
    await expect(stalled).resolves.toEqual({ ok: true, version: attempt - 1 });
    second.resolve();
    await expect(later).resolves.toEqual({ ok: true, version: attempt - 1 });
    expect(await row(connectionId)).toMatchObject({ status: "active", unanswered: null, leaseUntil: null });
    expect(await refreshTokenOf(connectionId)).toBe("rt-9");
    await other.close();
  });
});

describe("what is no usable answer and no refusal either", () => {
  it.each<[string, ScriptedAnswer]>([
    ["a 200 of 10 MB", { fault: "large" }],
    ["a 200 without a token", { body: {} }],
    ["a 200 in HTML", { body: "<html>" }],
    ["headers without end", { headers: { "x-long": "x".repeat(20_000) } }],
    ["500", { status: 500, body: { error: "server_error" } }],
    ["Cloudflare's 524", { status: 524, body: "A timeout occurred" }],
  ])("leaves the token perhaps spent: %s", async (_, answer) => {
    const { connectionId } = await connectIntegration(db, admin, service);
    service.enqueue("/token", answer);
    await expect(refresh(connectionId)).resolves.toMatchObject({ ok: false, why: "failed" });
    const { attempt, unanswered, leaseUntil } = await row(connectionId);
    expect(unanswered).toBe(attempt);
    expect(leaseUntil?.getTime()).toBeGreaterThan(Date.now());
  });

  it.each<[string, ScriptedAnswer]>([
    ["503", { status: 503, body: "busy" }],
    ["429", { status: 429 }],
    ["408", { status: 408 }],
    ["a redirect", { status: 302, headers: { location: "/login" } }],
    ["an error with HTTP 200", { body: { error: "access_denied_for_now" } }],
  ])("is told apart from an answer that leaves it unspent: %s", async (_, answer) => {
    const { connectionId } = await connectIntegration(db, admin, service);
    service.enqueue("/token", answer);
    await expect(refresh(connectionId)).resolves.toMatchObject({ ok: false, why: "failed" });
    expect(await row(connectionId)).toMatchObject({ unanswered: null, leaseUntil: null, status: "degraded" });
  });
});

it("tells whoever waits for a refresh that the connection was disconnected meanwhile", async () => {
  const { integrationId, connectionId } = await connectIntegration(db, admin, service);
  const other = openDatabase(db.url);
  const told = Promise.withResolvers<void>();
  service.enqueue("/token", { until: told.promise, body: { access_token: "at-9", refresh_token: "rt-9" } });
  const pending = refresh(connectionId);
  await vi.waitFor(() => expect(presented()).toHaveLength(1));
  const waiting = refresh(connectionId, other);
  await disconnectConnection(testContext(db, admin), { integrationId });
  await expect(waiting).resolves.toMatchObject({ ok: false, why: "refused", code: "not_connected" });
  told.resolve();
  await expect(pending).resolves.toMatchObject({ ok: false, code: "connection_changed" });
  await other.close();
});

it("asks for a person only after five answers in a row that say nothing known, however long the trouble before", async () => {
  const { connectionId } = await connectIntegration(db, admin, service);
  const fail = async (answer: ScriptedAnswer) => {
    service.enqueue("/token", answer);
    await lapse(connectionId);
    await refresh(connectionId);
    return (await row(connectionId)).status;
  };
  for (let i = 0; i < 6; i++) expect(await fail({ status: 503 })).toBe("degraded");
  for (let i = 0; i < 4; i++) expect(await fail({ status: 403, body: "<html>" })).toBe("degraded");
  expect(await fail({ status: 429 })).toBe("degraded");
  for (let i = 0; i < 4; i++) expect(await fail({ status: 403, body: "<html>" })).toBe("degraded");
  expect(await fail({ status: 403, body: "<html>" })).toBe("reconnect_required");
});

it("is not asked again by reads of an expired token, before its time, after an answer that says nothing known", async () => {
  const { connectionId, name } = await connectIntegration(db, admin, service);
  const read = async () => {
    await db.pool.query(
      `UPDATE "Connection" SET "expiresAt" = now(), "attemptEndedAt" = now() - interval '6 s' WHERE "id" = $1`,
      [connectionId],
    );
    return (await readFreshIntegration(testContext(db), { name, scope: "global" }))?.oauth;
  };
  service.always("/token", { status: 403, body: "<html>" });
  for (let i = 0; i < 6; i++)
    expect(await read()).toMatchObject({ accessToken: null, error: { code: "not_json" } });
  expect(presented()).toHaveLength(1);
  expect(await row(connectionId)).toMatchObject({ status: "degraded" });
  rotateTokens(service);
  await db.pool.query(`UPDATE "Connection" SET "nextTryAt" = now() WHERE "id" = $1`, [connectionId]);
  expect(await read()).toMatchObject({ accessToken: expect.any(String) as string, error: null });
});

describe("the end of a refresh token", () => {
  const DAY = 86_400;

  it.each([
    ["that each refresh moves on needs nobody", 14 * DAY, false],
    ["that stays where it was is told in the forecast", 14 * DAY - 3_600, true],
  ])("%s", async (_, refresh_token_expires_in, isTold) => {
    const { connectionId, integrationId } = await connectIntegration(db, admin, service);
    await db.pool.query(
      `UPDATE "Connection" SET "lastRefreshAt" = now() - interval '1 hour',
        "refreshTokenExpiresAt" = now() + interval '14 days' - interval '1 hour' WHERE "id" = $1`,
      [connectionId],
    );
    const foretold = async () =>
      (await listForecast(testContext(db, admin))).rows.some(
        ({ integration }) => integration.id === integrationId,
      );
    expect(await foretold()).toBe(true);
    service.always("/token", {
      body: { access_token: "a", refresh_token: "r", expires_in: 3_600, refresh_token_expires_in },
    });
    await expect(refresh(connectionId)).resolves.toMatchObject({ ok: true });
    expect(await foretold()).toBe(isTold);
    await consent(db, admin, integrationId, (await integrationOf(integrationId)).slug);
    expect(await foretold()).toBe(true);
  });
});
