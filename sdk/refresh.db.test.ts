import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { UserActor } from "@/lib/auth/actor";
import { type ApiServer, seedApiKey, startApiServer } from "@/test/api-server";
import { connectIntegration, consent } from "@/test/connected-integration";
import { seedOrganization, seedProvider, seedUser } from "@/test/context";
import { openTestDatabase } from "@/test/database";
import { startFaultyService, type FaultyService } from "@/test/oauth-service/faulty-service";
import { rotateTokens } from "@/test/rotating-service";
import { createClient } from "./src/index";

let db: Awaited<ReturnType<typeof openTestDatabase>>;
let admin: UserActor;
let server: ApiServer;
let apiKey: string;
let service: FaultyService;

beforeAll(async () => {
  db = await openTestDatabase();
  admin = await seedUser(db, "platform_admin");
  server = await startApiServer(db);
  apiKey = (await seedApiKey(db, (await seedProvider(db)).id)).key;
});
beforeEach(async () => {
  service = await startFaultyService();
  return () => service.close();
});
afterAll(async () => {
  await server.close();
  await db.close();
});

const client = (key = apiKey) => createClient({ url: server.url, apiKey: key });
const refreshes = () =>
  service.requests.filter((request) => request.params["grant_type"] === "refresh_token");

async function connected() {
  const rotation = rotateTokens(service);
  const host = new URL(service.origin).host;
  const integration = await connectIntegration(db, admin, service, {}, { apiHosts: host });
  return { ...integration, rotation };
}

/** Passes requests on, and closes the connection of the first POST when its answer is there. */
async function startBreakingProxy(target: string) {
  let broken = 0;
  const proxy = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { authorization = "" } = request.headers;
      const isPost = request.method === "POST";
      void fetch(target + (request.url ?? ""), {
        method: request.method ?? "GET",
        headers: { authorization, ...(isPost ? { "content-type": "application/json" } : {}) },
        body: isPost ? Buffer.concat(chunks) : null,
      })
        .then(async (answer) => ({ status: answer.status, text: await answer.text() }))
        .then(({ status, text }) => {
          if (isPost && broken++ === 0) response.destroy();
          else response.writeHead(status, { "content-type": "application/json" }).end(text);
        });
    });
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const { port } = proxy.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, broken: () => Math.min(broken, 1), close: () => proxy.close() };
}

describe("oauth.refresh()", () => {
  it("updates the object in place and resolves to it, the rotated refresh token too", async () => {
    const { name } = await connected();
    const { oauth } = await client().integrations.require(name);
    expect(oauth).toMatchObject({ accessToken: "at-1", refreshToken: "rt-1", version: 1 });
    const same = await oauth?.refresh();
    expect(same).toBe(oauth);
    expect(oauth).toMatchObject({ accessToken: "at-2", refreshToken: "rt-2", version: 2, status: "active" });
    expect(Object.keys(oauth ?? {})).not.toContain("refresh");
  });

  it("called in a burst, by many objects, makes one refresh", async () => {
    const { name, rotation } = await connected();
    const objects = await Promise.all(Array.from({ length: 30 }, () => client().integrations.require(name)));
    await Promise.all(objects.flatMap(({ oauth }) => [oauth?.refresh(), oauth?.refresh()]));
    expect(new Set(objects.map(({ oauth }) => oauth?.accessToken))).toEqual(new Set(["at-2"]));
    expect(refreshes()).toHaveLength(1);
    expect(rotation.spentTwice).toBe(0);
  });

  it("says that only a person can mend it", async () => {
    const { name } = await connected();
    const { oauth } = await client().integrations.require(name);
    service.enqueue("/token", {
      status: 400,
      body: { error: "invalid_grant", error_description: "Revoked." },
    });
    await expect(oauth?.refresh()).rejects.toMatchObject({ code: "reconnect_required", status: 409 });
    expect(oauth?.accessToken).toBe("at-1");
  });

  it("says when to try again", async () => {
    const { name } = await connected();
    const { oauth } = await client().integrations.require(name);
    service.enqueue("/token", { status: 503, headers: { "retry-after": "30" }, body: "busy" });
    await expect(oauth?.refresh()).rejects.toMatchObject({ code: "service_unavailable", status: 503 });
    await expect(oauth?.refresh()).rejects.toMatchObject({ retryAfter: expect.any(Number) });
    expect(refreshes()).toHaveLength(1);
  });

  it("asks again where the connection to Bifrost broke, and no token is spent twice", async () => {
    const { name, rotation } = await connected();
    const { oauth } = await client().integrations.require(name);
    const breaking = await startBreakingProxy(server.url);
    const { oauth: behind } = await createClient({ url: breaking.url, apiKey }).integrations.require(name);
    await behind?.refresh();
    expect(breaking.broken()).toBe(1);
    expect(behind).toMatchObject({ accessToken: "at-2", version: (oauth?.version ?? 0) + 1 });
    expect(refreshes()).toHaveLength(1);
    expect(rotation.spentTwice).toBe(0);
    breaking.close();
  });

  it("acts on the connection it came from, and on no other", async () => {
    const { name, integrationId } = await connected();
    const { oauth } = await client().integrations.require(name);
    await db.prisma.connection.deleteMany({ where: { integrationId } });
    await consent(db, admin, integrationId, name);
    await expect(oauth?.refresh()).rejects.toMatchObject({ code: "connection_changed" });
    expect(refreshes()).toHaveLength(0);
  });

  it("is not for an organization that borrows the default connection", async () => {
    const { name, integrationId } = await connected();
    await db.prisma.integration.update({ where: { id: integrationId }, data: { lendsDefaultToKeys: true } });
    const { key } = await seedApiKey(db, (await seedOrganization(db)).id);
    const { oauth } = await client(key).integrations.require(name);
    expect(oauth).toMatchObject({ accessToken: "at-1", refreshToken: null, source: "default" });
    await expect(oauth?.refresh()).rejects.toMatchObject({ code: "permission_denied" });
    expect(refreshes()).toHaveLength(0);
  });
});

describe("integration.fetch after a 401", () => {
  function refuse(token: string) {
    service.always("/users", ({ headers }) =>
      headers.authorization === `Bearer ${token}` ? { status: 401, body: {} } : { body: { users: ["Ada"] } },
    );
  }

  it("refreshes once and sends once more", async () => {
    const { name } = await connected();
    refuse("at-1");
    const integration = await client().integrations.require(name);
    const response = await integration.fetch(service.url("/users"), { method: "POST", body: "x" });
    expect(await response.json()).toEqual({ users: ["Ada"] });
    expect(service.requests.filter(({ path }) => path === "/users").map(({ body }) => body)).toEqual([
      "x",
      "x",
    ]);
  });

  it("takes the token that a call beside it has refreshed meanwhile, however late the refusal comes", async () => {
    const { name } = await connected();
    refuse("at-1");
    const refreshed = Promise.withResolvers<void>();
    service.enqueue("/late", { status: 401, body: {}, until: refreshed.promise });
    service.always("/late", { body: { users: ["Bo"] } });
    const integration = await client().integrations.require(name);
    const late = integration.fetch(service.url("/late"));
    await expect.poll(() => service.requests.some(({ path }) => path === "/late")).toBe(true);
    expect((await integration.fetch(service.url("/users"))).status).toBe(200);
    refreshed.resolve();
    expect(await (await late).json()).toEqual({ users: ["Bo"] });
    expect(refreshes()).toHaveLength(1);
  });

  it("gives the second 401 as it is", async () => {
    const { name } = await connected();
    service.always("/users", { status: 401, body: {} });
    const integration = await client().integrations.require(name);
    expect((await integration.fetch(service.url("/users"))).status).toBe(401);
    expect(service.requests.filter(({ path }) => path === "/users")).toHaveLength(2);
  });

  it("names the page that mends it where only a person can", async () => {
    const { name, integrationId } = await connected();
    refuse("at-1");
    service.enqueue("/token", { status: 400, body: { error: "invalid_grant" } });
    const integration = await client().integrations.require(name);
    const failure = integration.fetch(service.url("/users"));
    await expect(failure).rejects.toThrow(`${server.url}/settings/integrations/${integrationId}`);
  });

  it("leaves a request with an authorization of the caller's own alone", async () => {
    const { name } = await connected();
    service.always("/users", { status: 401, body: {} });
    const integration = await client().integrations.require(name);
    const init = { headers: { authorization: "Bearer mine" } };
    expect((await integration.fetch(service.url("/users"), init)).status).toBe(401);
    expect(refreshes()).toHaveLength(0);
  });
});
