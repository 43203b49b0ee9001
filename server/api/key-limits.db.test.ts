import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createApiKey } from "@/lib/api-keys/create-api-key";
import { type ApiServer, startApiServer } from "@/test/api-server";
import { seedOrganization, seedProvider, testContext } from "@/test/context";
import { openTestDatabase } from "@/test/database";
import { seedConnection, seedIntegration, seedMapping } from "@/test/integrations";

let db: Awaited<ReturnType<typeof openTestDatabase>>;
let server: ApiServer;
let providerId: string;
let contosoId: string;
let fabrikamId: string;
let graphId: string;

beforeAll(async () => {
  db = await openTestDatabase();
  server = await startApiServer(db);
  providerId = (await seedProvider(db)).id;
  contosoId = (await seedOrganization(db, "Contoso")).id;
  fabrikamId = (await seedOrganization(db, "Fabrikam")).id;
  graphId = (await seedIntegration(db, { name: "Microsoft_Graph", oauth: {} })).id;
  const halo = await seedIntegration(db, { name: "HaloPSA", oauth: {} });
  await seedConnection(db, graphId, {});
  for (const integrationId of [graphId, halo.id]) {
    for (const organizationId of [contosoId, fabrikamId]) {
      const mapping = await seedMapping(db, integrationId, organizationId);
      await seedConnection(db, integrationId, { mappingId: mapping.id });
    }
  }
});
afterAll(async () => {
  await server.close();
  await db.close();
});

async function call(path: string, key: string) {
  const response = await fetch(`${server.url}/api/v1${path}`, {
    headers: { authorization: `Bearer ${key}` },
  });
  const body = (await response.json()) as Record<string, unknown> & { code?: string };
  return { status: response.status, body };
}

async function limitedKey(limits: { integrationIds?: string[]; organizationIds?: string[] }) {
  const input = { name: "limited", permissions: ["credentials:read" as const], ...limits };
  return (await createApiKey(testContext(db), input)).key;
}

describe("a key limited to integrations", () => {
  it("reads those, is refused the others, and lists no trace of them", async () => {
    const key = await limitedKey({ integrationIds: [graphId] });
    expect((await call("/integrations/Microsoft_Graph", key)).status).toBe(200);
    expect(await call("/integrations/HaloPSA", key)).toMatchObject({
      status: 403,
      body: { code: "permission_denied", detail: expect.stringContaining("limited") },
    });
    expect((await call("/integrations/Nothing", key)).status).toBe(404);
    expect((await call("/integrations", key)).body["integrations"]).toMatchObject([
      { name: "Microsoft_Graph" },
    ]);
    const { connections } = (await call("/connections", key)).body as { connections: object[] };
    expect(connections).toHaveLength(3);
    expect(JSON.stringify(connections)).not.toContain("HaloPSA");
  });
});

describe("a key limited to organizations", () => {
  it.each([
    ["another organization", () => `?scope=${fabrikamId}`],
    ["the defaults alone", () => "?scope=global"],
    ["its own organization, which is not among them", () => ""],
    ["one that does not exist", () => "?scope=01900000-0000-7000-8000-000000000000"],
  ])("is refused %s", async (_, search) => {
    const key = await limitedKey({ organizationIds: [contosoId] });
    expect((await call(`/integrations/Microsoft_Graph?scope=${contosoId}`, key)).status).toBe(200);
    expect(await call(`/integrations/Microsoft_Graph${search()}`, key)).toMatchObject({
      status: 403,
      body: { code: "scope_forbidden" },
    });
  });

  it("lists those organizations and their connections alone", async () => {
    const key = await limitedKey({ organizationIds: [contosoId] });
    expect((await call("/organizations", key)).body["organizations"]).toMatchObject([{ id: contosoId }]);
    const { connections } = (await call("/connections", key)).body as {
      connections: { organization_id: string | null }[];
    };
    expect(connections.map((connection) => connection.organization_id)).toEqual([contosoId, contosoId]);
  });

  it("may name its own where that is among them", async () => {
    const key = await limitedKey({ organizationIds: [providerId] });
    expect((await call("/integrations/Microsoft_Graph", key)).status).toBe(200);
  });
});
