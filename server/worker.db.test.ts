import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { getPriority } from "node:os";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { uuidv7 } from "@/lib/db/id";
import { purgeExpired } from "@/lib/jobs/purge-expired";
import { seedUser } from "@/test/context";
import { openTestDatabase } from "@/test/database";
import { seedConnection, seedIntegration } from "@/test/integrations";
import { useWorkers } from "@/test/worker-process";

let db: Awaited<ReturnType<typeof openTestDatabase>>;
const workerOn = useWorkers();

beforeAll(async () => {
  db = await openTestDatabase();
});
afterAll(() => db.close());

async function startWorker(): Promise<ChildProcess> {
  const worker = workerOn(db.url);
  await once(worker, "message");
  return worker;
}

async function runsJob(): Promise<void> {
  await db.pool.query(`SELECT graphile_worker.add_job('purge-expired')`);
  await expect
    .poll(
      () =>
        db.pool.query(`SELECT 1 FROM graphile_worker.jobs`).then(
          ({ rowCount }) => rowCount,
          () => -1,
        ),
      { timeout: 60_000 },
    )
    .toBe(0);
}

describe("the worker", { timeout: 120_000 }, () => {
  it("makes its own schema, does jobs, and ends in good order at SIGTERM", async () => {
    const child = await startWorker();
    await runsJob();
    expect(getPriority(child.pid), "gives way to reads on the same machine").toBeGreaterThan(getPriority());
    const exit = once(child, "exit");
    child.kill("SIGTERM");
    expect(await exit).toEqual([0, null]);
  });

  it("outlives the end of all its database connections", async () => {
    const child = await startWorker();
    await db.pool.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
    );
    await runsJob();
    expect(child.exitCode).toBeNull();
  });
});

describe("purging", () => {
  it("removes what has expired, and nothing else", async () => {
    const user = await seedUser(db, "platform_admin");
    const { id: integrationId } = await seedIntegration(db, { name: "Purged", oauth: {} });
    const { id: connectionId } = await seedConnection(db, integrationId, {});
    const now = new Date();
    const past = new Date(now.getTime() - 1_000);
    const future = new Date(now.getTime() + 60_000);
    const handshake = { userId: user.id, sid: user.sid, integrationId, slug: "s", redirectUri: "x" };
    for (const expiresAt of [past, future]) {
      await db.prisma.handshake.create({
        data: { ...handshake, stateHash: Buffer.from(uuidv7()), expiresAt },
      });
    }
    await db.prisma.heldGrant.create({
      data: { connectionId, userId: user.id, reason: "tenant_mismatch", sealedGrant: "x", expiresAt: past },
    });
    await db.prisma.session.create({ data: { userId: user.id, expiresAt: past } });
    await purgeExpired(db, now);
    expect(await db.prisma.handshake.findMany({ select: { expiresAt: true } })).toEqual([
      { expiresAt: future },
    ]);
    expect(await db.prisma.heldGrant.count()).toBe(0);
    expect(await db.prisma.session.findMany({ select: { id: true } })).toEqual([{ id: user.sid }]);
  });
});
