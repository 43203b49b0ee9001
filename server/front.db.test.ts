import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ApiServer, seedApiKey, sendRaw, startApiServer } from "@/test/api-server";
import { seedProvider } from "@/test/context";
import { openTestDatabase } from "@/test/database";
import { seedConnection, seedIntegration } from "@/test/integrations";

let db: Awaited<ReturnType<typeof openTestDatabase>>;
let server: ApiServer;

beforeAll(async () => {
  db = await openTestDatabase();
  server = await startApiServer(db, { metricsToken: "metrics-token", trustedProxies: ["10.0.0.0/8"] });
});
afterAll(async () => {
  await server.close();
  await db.close();
});

describe("what the screens are handed", () => {
  it("holds the socket's address and none of the headers that only our own parts may set", async () => {
    const response = await fetch(`${server.url}/settings`, {
      headers: {
        "x-bifrost-client-address": "203.0.113.1",
        "x-bifrost-path": "/elsewhere",
        "x-forwarded-for": "203.0.113.2",
        "x-forwarded-proto": "https",
        "x-middleware-subrequest": "proxy:proxy:proxy",
        "x-middleware-rewrite": "/x",
        "x-matched-path": "/x",
        "x-now-route-matches": "1",
        "x-nextjs-postponed": "1",
        "x-real-ip": "203.0.113.3",
        "next-action": "kept",
      },
    });
    const headers = (await response.json()) as Record<string, string>;
    expect(headers["x-bifrost-client-address"]).toBe("127.0.0.1");
    expect(headers["x-forwarded-proto"]).toBe("http");
    expect(headers["next-action"]).toBe("kept");
    const spoofed = Object.keys(headers).filter((name) =>
      /middleware|matched|now-route|postponed|forwarded-for|bifrost-path|real-ip/.test(name),
    );
    expect(spoofed).toEqual([]);
  });

  it("is no body beyond 2 MiB, and none that does not say its length", async () => {
    const large = await fetch(`${server.url}/settings`, {
      method: "POST",
      body: "x".repeat(2 * 1_048_576 + 1),
    });
    expect(large.status).toBe(413);
    const head = `POST /settings HTTP/1.1\r\nhost: ${new URL(server.url).host}\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`;
    expect(await sendRaw(server.url, head)).toMatch(/^HTTP\/1.1 411 /);
  });
});

describe("probes", () => {
  it("say alive, and ready with the database, keys and migrations", async () => {
    expect(await (await fetch(`${server.url}/healthz`)).json()).toEqual({ status: "ok" });
    const ready = await fetch(`${server.url}/readyz`);
    expect(await ready.json()).toEqual({ ready: true, database: "ok", keys: "ok", migrations: "ok" });
    expect(ready.status).toBe(200);
  });

  it("say not ready where a migration is missing, and which", async () => {
    await db.pool.query(`UPDATE "_prisma_migrations" SET rolled_back_at = now()`);
    const response = await fetch(`${server.url}/readyz`);
    await db.pool.query(`UPDATE "_prisma_migrations" SET rolled_back_at = NULL`);
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({
      ready: false,
      migrations: expect.stringContaining("to apply"),
    });
  });
});

describe("metrics", () => {
  it("count by route template, never by name, and tell the pool and the connections", async () => {
    const { key } = await seedApiKey(db, (await seedProvider(db)).id);
    const integration = await seedIntegration(db, { name: "Contoso_Secret_Project", oauth: {} });
    await seedConnection(db, integration.id, {});
    for (const path of ["integrations/Contoso_Secret_Project", "integrations/Nothing", "nothing/Contoso"]) {
      await fetch(`${server.url}/api/v1/${path}`, { headers: { authorization: `Bearer ${key}` } });
    }
    const text = await (await fetch(`${server.url}/metrics`)).text();
    expect(text).toContain(
      'bifrost_http_requests_total{method="GET",route="/api/v1/integrations/:name",status="200",process="web"} 1',
    );
    expect(text).toContain('route="/api/v1/integrations/:name",status="404",process="web"} 1');
    expect(text).toContain('route="/api/v1/*",status="404",process="web"} 1');
    expect(text).toContain('bifrost_connections{status="active",process="web"} 1');
    expect(text).toMatch(/bifrost_database_connections\{state="idle",process="web"\} \d/);
    expect(text).not.toMatch(/Contoso|Nothing/);
  });

  it("are for this machine, and through a proxy for who knows the token", async () => {
    const ask = (headers: Record<string, string>) => fetch(`${server.url}/metrics`, { headers });
    expect((await ask({ "x-forwarded-for": "203.0.113.1" })).status).toBe(403);
    expect((await ask({ "x-forwarded-for": "203.0.113.1", authorization: "Bearer wrong" })).status).toBe(403);
    expect(
      (await ask({ "x-forwarded-for": "203.0.113.1", authorization: "Bearer metrics-token" })).status,
    ).toBe(200);
  });
});
