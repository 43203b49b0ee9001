import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { uuidv7 } from "@/lib/db/id";
import type { ApiKeyPermission } from "@/lib/auth/actor";
import { type ApiServer, seedApiKey, startApiServer } from "@/test/api-server";
import { seedOrganization, seedProvider } from "@/test/context";
import { openTestDatabase } from "@/test/database";
import { seedConnection, seedIntegration, seedMapping, seedValue } from "@/test/integrations";

let db: Awaited<ReturnType<typeof openTestDatabase>>;
let server: ApiServer;
let providerId: string;
let contosoId: string;
let fabrikamId: string;
let haloId: string;
let admin: string;
let contoso: string;

const WRITE: ApiKeyPermission[] = ["credentials:read", "mappings:write"];

beforeAll(async () => {
  db = await openTestDatabase();
  server = await startApiServer(db);
  providerId = (await seedProvider(db)).id;
  contosoId = (await seedOrganization(db, "Contoso")).id;
  fabrikamId = (await seedOrganization(db, "Fabrikam")).id;
  haloId = (await seedIntegration(db, { name: "HaloPSA" })).id;
  await seedValue(db, haloId, { key: "custom_field", value: "by default" });
  await seedValue(db, haloId, { key: "api_key", type: "secret", secret: "default-secret" });
  await seedValue(db, haloId, { key: "timeout", type: "int", value: 30 });
  admin = (await seedApiKey(db, providerId, WRITE)).key;
  contoso = (await seedApiKey(db, contosoId, WRITE)).key;
});
afterAll(async () => {
  await server.close();
  await db.close();
});
beforeEach(async () => {
  await db.prisma.mapping.deleteMany();
});

async function call(method: string, path: string, key = admin, body?: unknown) {
  const response = await fetch(`${server.url}/api/v1/integrations/${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const type = response.headers.get("content-type");
  expect(type).toBe(response.ok ? "application/json" : "application/problem+json");
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const put = (organizationId: string, body: unknown, key = admin, name = "HaloPSA") =>
  call("PUT", `${name}/mappings/${organizationId}`, key, body);

describe("PUT …/mappings/{organization_id}", () => {
  it("creates, and then updates, what the contract calls an IntegrationMapping", async () => {
    const created = await put(contosoId, {
      entity_id: "tenant-456",
      entity_name: "Acme Corp",
      config: { custom_field: "value", api_key: "own-secret" },
    });
    expect(created).toEqual({
      status: 200,
      body: {
        id: expect.any(String),
        integration_id: haloId,
        organization_id: contosoId,
        organization_name: "Contoso",
        entity_id: "tenant-456",
        entity_name: "Acme Corp",
        oauth_token_id: null,
        config: { custom_field: "value", api_key: "own-secret" },
        created_at: expect.stringMatching(/Z$/),
        updated_at: expect.stringMatching(/Z$/),
      },
    });
    const updated = await put(contosoId, { entity_id: "tenant-457", config: { timeout: 5, api_key: null } });
    expect(updated.body).toMatchObject({
      id: created.body["id"],
      entity_id: "tenant-457",
      entity_name: "Acme Corp",
      config: { custom_field: "value", timeout: 5 },
    });
    expect(updated.body["config"]).not.toHaveProperty("api_key");
    expect((await put(contosoId, { entity_id: "tenant-457", entity_name: null })).body).toMatchObject({
      entity_name: null,
    });
  });

  it("needs mappings:write, and shows no secret without credentials:read", async () => {
    const reader = (await seedApiKey(db, providerId)).key;
    expect(await put(contosoId, { entity_id: "x" }, reader)).toMatchObject({
      status: 403,
      body: { code: "permission_denied" },
    });
    for (const permissions of [["mappings:write"], ["mappings:write", "integrations:read"]] as const) {
      const { key } = await seedApiKey(db, providerId, [...permissions]);
      const { status, body } = await put(contosoId, { entity_id: "x", config: { api_key: "canary" } }, key);
      expect({ status, config: body["config"] }).toEqual({ status: 200, config: { api_key: null } });
    }
  });

  it("lets a managed key write its own overrides, and nothing that decides where tokens go", async () => {
    await put(contosoId, { entity_id: "tenant-1" });
    const own = await put(contosoId, { entity_id: "tenant-1", config: { timeout: 9 } }, contoso);
    expect(own).toMatchObject({ status: 200, body: { config: { timeout: 9 } } });
    expect(await put(contosoId, { entity_id: "tenant-2" }, contoso)).toMatchObject({
      status: 403,
      body: { code: "permission_denied" },
    });
  });

  it.each([
    ["another organization", () => fabrikamId],
    ["one that does not exist", () => uuidv7()],
    ["global", () => "global"],
    ["no id at all", () => "org-123"],
  ])("answers a managed key 403 for %s, whatever the body", async (_, id) => {
    for (const body of [{ entity_id: "x" }, { entity_id: 7 }, []]) {
      const answer = await put(id(), body, contoso);
      expect(answer).toMatchObject({ status: 403, body: { code: "scope_forbidden" } });
    }
    const gone = await call("DELETE", `HaloPSA/mappings/${id()}`, contoso);
    expect(gone).toMatchObject({ status: 403, body: { code: "scope_forbidden" } });
  });

  it("tells the provider's key what is not there or not right, in the wire's names", async () => {
    expect(await put(uuidv7(), { entity_id: "x" })).toMatchObject({
      status: 404,
      body: { code: "organization_not_found" },
    });
    expect(await put(contosoId, { entity_id: "x" }, admin, "Nothing")).toMatchObject({
      status: 404,
      body: { code: "integration_not_found", detail: expect.stringContaining('"Nothing"') },
    });
    expect(await put("global", { entity_id: "x" })).toMatchObject({
      status: 422,
      body: { errors: [{ path: "organization_id" }] },
    });
    expect(await put(contosoId, { entity_id: "x", config: { nothing: 1, timeout: "5" } })).toMatchObject({
      status: 422,
      body: { errors: [{ path: "config.nothing" }, { path: "config.timeout" }] },
    });
    expect(await db.prisma.mapping.count()).toBe(0);
  });

  it("maps the integration that the organization itself gets by the name", async () => {
    const own = await seedIntegration(db, { name: "HaloPSA", organizationId: fabrikamId });
    expect((await put(fabrikamId, { entity_id: "x" })).body["integration_id"]).toBe(own.id);
    expect((await put(contosoId, { entity_id: "x" })).body["integration_id"]).toBe(haloId);
    await db.prisma.integration.delete({ where: { id: own.id } });
  });

  it("makes one row of many upserts at once", async () => {
    const answers = await Promise.all(
      Array.from({ length: 16 }, (_, index) => put(contosoId, { entity_id: `entity-${index}` })),
    );
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(await db.prisma.mapping.count()).toBe(1);
  });
});

describe("GET …/mapping", () => {
  it("finds by organization, by entity ID, by both; tells several apart from none", async () => {
    await put(contosoId, { entity_id: "one" });
    await put(fabrikamId, { entity_id: "two" });
    const find = async (query: string, key = admin) => {
      const { status, body } = await call("GET", `HaloPSA/mapping${query}`, key);
      return status === 200 ? body["organization_id"] : body["code"];
    };
    expect(await find(`?scope=${contosoId}`)).toBe(contosoId);
    expect(await find(`?org_id=${contosoId}&scope=${contosoId}`)).toBe(contosoId);
    expect(await find("?entity_id=two")).toBe(fabrikamId);
    expect(await find(`?entity_id=two&scope=${fabrikamId}`)).toBe(fabrikamId);
    expect(await find(`?entity_id=two&scope=${contosoId}`)).toBe("mapping_not_found");
    expect(await find("?entity_id=none")).toBe("mapping_not_found");
    expect(await find("")).toBe("mapping_not_found");
    expect(await find("?scope=global")).toBe("validation_failed");
    expect(await find(`?scope=global&org_id=${contosoId}`)).toBe("validation_failed");
    expect(await find(`?scope=${uuidv7()}`)).toBe("organization_not_found");
    expect(await find("", contoso)).toBe(contosoId);
    expect(await find("?entity_id=two", contoso)).toBe("mapping_not_found");
    expect(await find("?scope=global", contoso)).toBe("scope_forbidden");
    expect(await find(`?scope=${fabrikamId}`, contoso)).toBe("scope_forbidden");
    await put(fabrikamId, { entity_id: "one" });
    expect(await find("?entity_id=one")).toBe("ambiguous_mapping");
    expect(await find(`?entity_id=one&scope=${fabrikamId}`)).toBe(fabrikamId);
    expect(await find("?entity_id=one", contoso)).toBe(contosoId);
  });

  it("gives the id of its own connection", async () => {
    const mapping = await seedMapping(db, haloId, contosoId);
    const connection = await seedConnection(db, haloId, { mappingId: mapping.id });
    expect((await call("GET", "HaloPSA/mapping", contoso)).body["oauth_token_id"]).toBe(connection.id);
  });

  it("shows secrets to credentials:read alone", async () => {
    await put(contosoId, { entity_id: "x", config: { api_key: "canary" } });
    const config = async (permissions: ApiKeyPermission[]) => {
      const { key } = await seedApiKey(db, contosoId, permissions);
      const list = await call("GET", "HaloPSA/mappings", key);
      const one = await call("GET", "HaloPSA/mapping", key);
      const [listed] = (list.body["mappings"] ?? []) as { config: object }[];
      return [list.status, listed?.config, one.body["config"]];
    };
    expect(await config(["credentials:read"])).toEqual([200, { api_key: "canary" }, { api_key: "canary" }]);
    expect(await config(["integrations:read"])).toEqual([200, { api_key: null }, { api_key: null }]);
    expect(await config(["workflows:execute"])).toEqual([403, undefined, undefined]);
  });
});

describe("GET …/mappings", () => {
  it("pages through all of them once for the provider, and shows a managed key its own", async () => {
    const ids = [contosoId, fabrikamId, (await seedOrganization(db)).id];
    for (const id of ids) await put(id, { entity_id: `of-${id}` });
    const seen: string[] = [];
    let cursor: unknown = undefined;
    do {
      const { body } = await call(
        "GET",
        `HaloPSA/mappings?limit=2${cursor ? `&cursor=${String(cursor)}` : ""}`,
      );
      const page = body["mappings"] as { organization_id: string }[];
      expect(page.length).toBeLessThanOrEqual(2);
      seen.push(...page.map((mapping) => mapping.organization_id));
      cursor = body["next_cursor"];
    } while (cursor !== null);
    expect(seen.sort()).toEqual(ids.sort());
    const own = (await call("GET", "HaloPSA/mappings", contoso)).body;
    expect(own).toMatchObject({ mappings: [{ organization_id: contosoId }], next_cursor: null });
    expect((await call("GET", "Nothing/mappings")).body).toMatchObject({ code: "integration_not_found" });
  });

  it.each(["limit=0", "limit=501", "limit=1e2", "limit=-1", "limit=", "cursor=", "cursor=made-up", "page=2"])(
    "refuses ?%s",
    async (query) => {
      const { status, body } = await call("GET", `HaloPSA/mappings?${query}`);
      expect(status).toBe(422);
      expect(body["errors"]).toMatchObject([{ path: query.split("=")[0] }]);
    },
  );
});

describe("DELETE …/mappings/{organization_id}", () => {
  it("says whether there was one, and takes overrides and the own connection along", async () => {
    await put(contosoId, { entity_id: "x", config: { timeout: 5 } });
    const { id: mappingId } = await db.prisma.mapping.findFirstOrThrow();
    await seedConnection(db, haloId, { mappingId });
    const remove = () => call("DELETE", `HaloPSA/mappings/${contosoId}`);
    expect(await remove()).toEqual({ status: 200, body: { deleted: true } });
    expect(await remove()).toEqual({ status: 200, body: { deleted: false } });
    expect(await db.prisma.configValue.count({ where: { mappingId } })).toBe(0);
    expect(await db.prisma.connection.count({ where: { mappingId } })).toBe(0);
  });

  it("needs mappings:write and an integration of that name", async () => {
    const reader = (await seedApiKey(db, contosoId)).key;
    const path = `HaloPSA/mappings/${contosoId}`;
    expect((await call("DELETE", path, reader)).body).toMatchObject({ code: "permission_denied" });
    expect((await call("DELETE", `Nothing/mappings/${contosoId}`)).body).toMatchObject({
      code: "integration_not_found",
    });
  });
});

describe("a limited key", () => {
  it("touches the mappings of its integrations and organizations alone", async () => {
    await seedIntegration(db, { name: "Other" });
    const { id, key } = await seedApiKey(db, providerId, WRITE);
    await db.prisma.apiKey.update({
      where: { id },
      data: { limitsIntegrations: true, limitsOrganizations: true },
    });
    await db.prisma.apiKeyIntegration.create({ data: { apiKeyId: id, integrationId: haloId } });
    await db.prisma.apiKeyOrganization.create({ data: { apiKeyId: id, organizationId: contosoId } });
    for (const organization of [contosoId, fabrikamId]) await put(organization, { entity_id: "same" });
    const code = async (method: string, path: string, body?: unknown) =>
      (await call(method, path, key, body)).body["code"];
    expect(await code("PUT", `HaloPSA/mappings/${fabrikamId}`, { entity_id: "x" })).toBe("scope_forbidden");
    expect(await code("DELETE", `HaloPSA/mappings/${fabrikamId}`)).toBe("scope_forbidden");
    expect(await code("GET", `HaloPSA/mapping?scope=${fabrikamId}`)).toBe("scope_forbidden");
    expect(await code("PUT", `Other/mappings/${contosoId}`, { entity_id: "x" })).toBe("permission_denied");
    expect(await code("GET", "Other/mappings")).toBe("permission_denied");
    expect((await call("GET", "HaloPSA/mapping?entity_id=same", key)).body).toMatchObject({
      organization_id: contosoId,
    });
    expect((await call("GET", "HaloPSA/mappings", key)).body["mappings"]).toHaveLength(1);
    expect((await put(contosoId, { entity_id: "y" }, key)).status).toBe(200);
  });
});

describe("a key limited to other integrations", () => {
  it.each([
    ["none", []],
    ["one", [() => contosoId]],
    ["two", [() => contosoId, () => fabrikamId]],
  ])("gets the same 403 whether an entity ID is mapped by %s", async (_, organizations) => {
    const name = `Hidden_${uuidv7().slice(-12)}`;
    const hidden = await seedIntegration(db, { name });
    for (const organizationId of organizations) {
      await seedMapping(db, hidden.id, organizationId(), { entityId: "wanted" });
    }
    const { id, key } = await seedApiKey(db, providerId, WRITE);
    await db.prisma.apiKey.update({ where: { id }, data: { limitsIntegrations: true } });
    await db.prisma.apiKeyIntegration.create({ data: { apiKeyId: id, integrationId: haloId } });
    expect(await call("GET", `${name}/mapping?entity_id=wanted`, key)).toMatchObject({
      status: 403,
      body: { code: "permission_denied" },
    });
  });

  it("finds nothing in a namesake that it may not read", async () => {
    const own = await seedIntegration(db, { name: "HaloPSA", organizationId: fabrikamId });
    await seedMapping(db, own.id, fabrikamId, { entityId: "shared" });
    await put(contosoId, { entity_id: "shared" });
    const { id, key } = await seedApiKey(db, providerId, WRITE);
    await db.prisma.apiKey.update({ where: { id }, data: { limitsIntegrations: true } });
    await db.prisma.apiKeyIntegration.create({ data: { apiKeyId: id, integrationId: haloId } });
    expect((await call("GET", "HaloPSA/mapping?entity_id=shared")).status).toBe(409);
    expect((await call("GET", "HaloPSA/mapping?entity_id=shared", key)).body).toMatchObject({
      organization_id: contosoId,
    });
    await db.prisma.integration.delete({ where: { id: own.id } });
  });
});

describe("a mapping whose encryption key is lost", () => {
  beforeEach(async () => {
    const { id: mappingId } = await seedMapping(db, haloId, contosoId, { entityId: "t-1" });
    await seedValue(db, haloId, { key: "api_key", type: "secret", secret: "own", mappingId });
    await db.prisma.$executeRaw`
      UPDATE "ConfigValue" SET "sealed" = replace("sealed", 'v1.k1.', 'v1.lost.') WHERE "mappingId" = ${mappingId}::uuid`;
  });

  it("is not changed by a write that cannot be answered, and says so truly", async () => {
    const refused = await put(contosoId, { entity_id: "t-2", config: { timeout: 9 } });
    expect(refused.status).toBe(503);
    expect(refused.body["detail"]).toContain("Nothing was changed");
    const stored = await db.prisma.mapping.findFirstOrThrow({ include: { configValues: true } });
    expect(stored.entityId).toBe("t-1");
    expect(stored.configValues).toHaveLength(1);
    const mended = await put(contosoId, { entity_id: "t-2", config: { api_key: "entered anew" } });
    expect(mended.body).toMatchObject({ entity_id: "t-2", config: { api_key: "entered anew" } });
  });

  it("is named when it is read, and keeps nobody from the other mappings", async () => {
    await put(fabrikamId, { entity_id: "t-3", config: { api_key: "readable" } });
    const { status, body } = await call("GET", "HaloPSA/mappings");
    expect(status).toBe(200);
    expect(body["mappings"]).toMatchObject([
      { organization_id: contosoId, config: { api_key: null } },
      { organization_id: fabrikamId, config: { api_key: "readable" } },
    ]);
    const value = await db.prisma.configValue.findFirstOrThrow({
      where: { sealed: { startsWith: "v1.lost" } },
    });
    expect(server.logged.filter((line) => line.includes(value.id))).toHaveLength(1);
    expect((await call("GET", `HaloPSA/mapping?scope=${contosoId}`)).body["detail"]).toContain(value.id);
  });
});
