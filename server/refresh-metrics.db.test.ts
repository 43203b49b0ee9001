import { once } from "node:events";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createWebhook } from "@/lib/webhooks/create-webhook";
import { sendTestEvent } from "@/lib/webhooks/send-test-event";
import { refreshConnection } from "@/lib/refresh/refresh-connection";
import { findFreePort } from "@/scripts/start/settings.mjs";
import { type ApiServer, startApiServer } from "@/test/api-server";
import { connectIntegration } from "@/test/connected-integration";
import { seedUser, testContext } from "@/test/context";
import { openTestDatabase } from "@/test/database";
import { type FaultyService, startFaultyService } from "@/test/oauth-service/faulty-service";
import { rotateTokens } from "@/test/rotating-service";
import { useWorkers } from "@/test/worker-process";

let db: Awaited<ReturnType<typeof openTestDatabase>>;
let service: FaultyService;
let server: ApiServer;
const startWorker = useWorkers();

beforeAll(async () => {
  db = await openTestDatabase();
});
beforeEach(async () => {
  service = await startFaultyService();
  server = await startApiServer(db);
});
afterEach(async () => {
  await server.close();
  await service.close();
});
afterAll(() => db.close());

const metricsOf = async (url = server.url) => (await fetch(`${url}/metrics`)).text();

/** The value of the one line that holds all of this. */
async function figure(name: string, ...labels: string[]): Promise<number> {
  const lines = (await metricsOf()).split("\n").filter((line) => line.startsWith(`${name}{`));
  const line = lines.find((candidate) => labels.every((label) => candidate.includes(label)));
  return Number(line?.split(" ").at(-1) ?? 0);
}

const connect = async () => connectIntegration(db, await seedUser(db, "platform_admin"), service);

function refresh(connectionId: string) {
  return refreshConnection(testContext(db), { connectionId, reason: "sdk", waitMs: 20_000 });
}

describe("a web process's metrics", () => {
  it("count refreshes by reason and outcome, and name no integration", async () => {
    rotateTokens(service);
    const { connectionId, name } = await connect();
    await refresh(connectionId);
    service.enqueue("/token", { status: 503, body: {} });
    await db.pool.query(`UPDATE "Connection" SET "attemptEndedAt" = NULL WHERE "id" = $1`, [connectionId]);
    await refresh(connectionId);
    expect(await figure("bifrost_refreshes_total", 'reason="sdk"', 'outcome="success"')).toBe(1);
    expect(await figure("bifrost_refreshes_total", 'reason="sdk"', 'outcome="passing"')).toBe(1);
    expect(await figure("bifrost_refresh_duration_seconds_count", 'outcome="success"')).toBe(1);
    expect(await metricsOf()).not.toContain(name);
    expect(await metricsOf()).not.toContain(new URL(service.url("/")).host);
  });

  it("tell how long somebody waited for another's attempt", async () => {
    rotateTokens(service, { delayMs: 300 });
    const { connectionId } = await connect();
    await Promise.all([refresh(connectionId), refresh(connectionId)]);
    expect(await figure("bifrost_refresh_wait_seconds_count", 'reason="sdk"')).toBe(1);
    expect(await figure("bifrost_refresh_wait_seconds_sum", 'reason="sdk"')).toBeGreaterThan(0.2);
  });

  it("tell what is due: ready and held, and since when", async () => {
    const [ready, held] = [await connect(), await connect()];
    await db.pool.query(`UPDATE "Connection" SET "dueAt" = NULL`);
    await db.pool.query(
      `UPDATE "Connection" SET "dueAt" = now() - interval '100 seconds',
        "nextTryAt" = CASE WHEN "id" = $2 THEN now() + interval '1 hour' END WHERE "id" IN ($1, $2)`,
      [ready.connectionId, held.connectionId],
    );
    expect(await figure("bifrost_refresh_due", 'state="ready"')).toBe(1);
    expect(await figure("bifrost_refresh_due", 'state="held"')).toBe(1);
    expect(await figure("bifrost_refresh_oldest_overdue_seconds")).toBeGreaterThanOrEqual(100);
  });
});

describe("webhooks' metrics", () => {
  it("count tries by what came of them", async () => {
    const ctx = testContext(db, await seedUser(db, "platform_admin"));
    const { id } = await createWebhook(ctx, {
      name: "Contoso_Channel",
      format: "standard",
      url: service.url("/hook"),
      events: ["connection.reconnect_required"],
    });
    service.enqueue("/hook", { status: 200 }, { status: 500 });
    for (let sent = 0; sent < 2; sent++) await sendTestEvent(ctx, { id });
    expect(await figure("bifrost_webhook_try_duration_seconds_count", 'outcome="delivered"')).toBe(1);
    expect(await figure("bifrost_webhook_try_duration_seconds_count", 'outcome="refused"')).toBe(1);
    expect(await metricsOf()).not.toContain("Contoso");
  });
});

/** A worker with metrics on a port; one that was free may be taken by the time it listens. */
async function startMeasured(): Promise<{ worker: ReturnType<typeof startWorker>; port: number }> {
  for (let tries = 0; tries < 3; tries++) {
    const port = await findFreePort("127.0.0.1");
    const worker = startWorker(db.url, { BIFROST_WORKER_METRICS_PORT: String(port) });
    const isWorking = await Promise.race([
      once(worker, "message").then(() => true),
      once(worker, "exit").then(() => false),
    ]);
    if (isWorking) return { worker, port };
  }
  throw new Error("The worker does not start.");
}

describe("a worker's metrics", () => {
  it("stand on a port of their own, and with the web process's where one start runs both", async () => {
    const { worker, port } = await startMeasured();
    const own = await metricsOf(`http://127.0.0.1:${port}`);
    expect(own).toMatch(/bifrost_refreshes_under_way\{process="worker"\} 0/);
    expect(own).not.toContain("bifrost_connections");
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
    expect((await fetch(`http://127.0.0.1:${port}/anything`)).status).toBe(404);

    const both = await startApiServer(db, { workerMetricsPort: port, showWorkerMetrics: true });
    // A worker on a busy machine may answer later than it is waited for.
    await expect.poll(() => metricsOf(both.url)).toContain("bifrost_worker_up 1");
    const text = await metricsOf(both.url);
    expect(text).toMatch(/bifrost_refreshes_under_way\{process="web"\} \d/);
    expect(text).toMatch(/bifrost_refreshes_under_way\{process="worker"\} \d/);
    expect(text.match(/^# TYPE bifrost_refreshes_under_way /gm)).toHaveLength(1);
    expect(text).toContain("bifrost_worker_up 1");

    const exit = once(worker, "exit");
    worker.kill("SIGTERM");
    expect(await exit).toEqual([0, null]);
    expect(await metricsOf(both.url)).toContain("bifrost_worker_up 0");
    await both.close();
  });
});
