import { randomUUID } from "node:crypto";
import { describe, expect, it, vi } from "vitest";
import { type Database, openDatabase } from "@/lib/db/client";
import { connectIntegration } from "@/test/connected-integration";
import { seedOrganization, testContext } from "@/test/context";
import { seedConnection, seedMapping } from "@/test/integrations";
import { rotateTokens } from "@/test/rotating-service";
import { admin, db, service, useServiceBed } from "@/test/service-bed";
import { refreshConnection } from "./refresh-connection";
import { startSchedule } from "./refresh-due";

useServiceBed();

/** Organizations' own connections at the service, each with a refresh token of its own. */
async function connections(count: number): Promise<string[]> {
  const { integrationId } = await connectIntegration(db, admin, service);
  return Promise.all(
    Array.from({ length: count }, async () => {
      const { id: organizationId } = await seedOrganization(db);
      const { id: mappingId } = await seedMapping(db, integrationId, organizationId);
      const seed = { mappingId, refreshToken: randomUUID(), tokenOrigin: service.origin };
      return (await seedConnection(db, integrationId, seed)).id;
    }),
  );
}

const makeDue = (ids: string[]) =>
  db.pool.query(`UPDATE "Connection" SET "dueAt" = now() WHERE "id" = ANY($1)`, [ids]);
const rows = (ids: string[]) => db.prisma.connection.findMany({ where: { id: { in: ids } } });
const refresh = (connectionId: string, database: Database = db) =>
  refreshConnection(testContext(database), { connectionId, reason: "sdk", waitMs: 20_000 });
const refreshRequests = () =>
  service.requests.filter(({ params }) => params["grant_type"] === "refresh_token");

it("looks for work where something is due alone, and finds what falls due a second later", async () => {
  rotateTokens(service);
  const [id = "", ...others] = await connections(201);
  await db.pool.query(
    `UPDATE "Connection" SET "dueAt" = now() + interval '1 h', "tokenOrigin" = 'https://account-' || "id" || '.example.com'
     WHERE "id" = ANY($1)`,
    [others],
  );
  const queries = vi.spyOn(db.pool, "query");
  const schedule = startSchedule(testContext(db), { idleMs: 20 });
  for (const version of [2, 3]) {
    await db.pool.query(
      `UPDATE "Connection" SET "dueAt" = now() + make_interval(secs => $2) WHERE "id" = $1`,
      [id, version - 2],
    );
    await vi.waitFor(async () => expect(await rows([id])).toMatchObject([{ tokenVersion: version }]));
  }
  await schedule.stop();
  const looks = (queries.mock.calls as unknown as [{ name?: string; values?: unknown[] }][])
    .filter(([{ name }]) => name === "list-due")
    .map(([{ values }]) => values?.[0]);
  queries.mockRestore();
  expect(new Set(looks)).toEqual(new Set([service.origin]));
});

describe("many that fall due at once", () => {
  it("are refreshed once each by two workers, with one entry each in activity and audit log", async () => {
    const rotation = rotateTokens(service);
    const ids = await connections(60);
    const other = openDatabase(db.url);
    await makeDue(ids);
    const schedules = [db, other].map((database) => startSchedule(testContext(database), { idleMs: 20 }));
    await vi.waitFor(
      async () => expect((await rows(ids)).filter(({ tokenVersion }) => tokenVersion === 2)).toHaveLength(60),
      30_000,
    );
    for (const schedule of schedules) await schedule.stop();
    await other.close();
    expect(refreshRequests()).toHaveLength(60);
    expect(rotation.spentTwice).toBe(0);
    expect(await rows(ids)).toSatisfy((all: { attempt: number; leaseUntil: Date | null }[]) =>
      all.every(({ attempt, leaseUntil }) => attempt === 2 && leaseUntil === null),
    );
    const connectionId = { in: ids };
    expect(await db.prisma.connectionActivity.count({ where: { connectionId, outcome: "success" } })).toBe(
      60,
    );
    const targetId = (await rows(ids))[0]?.integrationId ?? "";
    expect(await db.prisma.auditEvent.count({ where: { action: "connection.refresh", targetId } })).toBe(60);
  });

  it("keep no one waiting who falls due while a slow answer is awaited", async () => {
    const [slow = "", later = ""] = await connections(2);
    service.enqueue("/token", { fault: "hang" });
    service.always("/token", { body: { access_token: "new", refresh_token: "newer", expires_in: 3_600 } });
    await makeDue([slow]);
    const schedule = startSchedule(testContext(db), { idleMs: 20 });
    await vi.waitFor(() => expect(refreshRequests()).toHaveLength(1));
    await makeDue([later]);
    await vi.waitFor(async () => expect((await rows([later]))[0]?.tokenVersion).toBe(2));
    await service.close();
    await schedule.stop();
  });
});

/** Every token request waits for its answer until this is called. */
function holdAnswers(): () => void {
  const { promise: until, resolve } = Promise.withResolvers<void>();
  service.always("/token", {
    until,
    body: { access_token: "new", refresh_token: "newer", expires_in: 3_600 },
  });
  return resolve;
}

describe("answers that come together", () => {
  it("are stored without the one whose row another transaction holds, which follows", async () => {
    const [held = "", ...others] = await connections(4);
    const answer = holdAnswers();
    const wish = refresh(held);
    const wishes = others.map((id) => refresh(id));
    await vi.waitFor(() => expect(refreshRequests()).toHaveLength(4));
    const holder = await db.pool.connect();
    await holder.query("BEGIN");
    await holder.query(`SELECT FROM "Connection" WHERE "id" = $1 FOR UPDATE`, [held]);
    answer();
    await expect(Promise.all(wishes)).resolves.toEqual(others.map(() => ({ ok: true, version: 2 })));
    expect((await rows([held]))[0]?.tokenVersion).toBe(1);
    await holder.query("ROLLBACK");
    holder.release();
    await expect(wish).resolves.toEqual({ ok: true, version: 2 });
  });

  it("are stored without the one of a grant that is gone", async () => {
    const [gone = "", ...others] = await connections(3);
    const answer = holdAnswers();
    const wish = refresh(gone);
    const wishes = others.map((id) => refresh(id));
    await vi.waitFor(() => expect(refreshRequests()).toHaveLength(3));
    await db.pool.query(`UPDATE "Connection" SET "grantId" = gen_random_uuid() WHERE "id" = $1`, [gone]);
    answer();
    await expect(wish).resolves.toMatchObject({ ok: false, status: "superseded" });
    await expect(Promise.all(wishes)).resolves.toEqual(others.map(() => ({ ok: true, version: 2 })));
    expect((await rows([gone]))[0]?.tokenVersion).toBe(1);
  });
});
