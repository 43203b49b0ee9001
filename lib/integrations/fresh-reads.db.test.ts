import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createApiKey } from "@/lib/api-keys/create-api-key";
import { revokeApiKey } from "@/lib/api-keys/revoke-api-key";
import { setDefaults } from "@/lib/config/set-defaults";
import { updateConfigSchema } from "@/lib/config/update-config-schema";
import { seal } from "@/lib/crypto/seal";
import { type Database, openDatabase } from "@/lib/db/client";
import { deleteMapping } from "@/lib/mappings/delete-mapping";
import { upsertMapping } from "@/lib/mappings/upsert-mapping";
import { deactivateOrganization } from "@/lib/organizations/deactivate-organization";
import { seedOrganization, seedProvider, testContext } from "@/test/context";
import { openTestDatabase } from "@/test/database";
import { type ApiServer, startApiServer } from "@/test/api-server";
import { seedConnection, seedIntegration, seedMapping, seedValue } from "@/test/integrations";
import { createIntegration } from "./create-integration";
import { deleteIntegration } from "./delete-integration";
import { getIntegrationData } from "./get-integration-data";

let db: Awaited<ReturnType<typeof openTestDatabase>>;
/** Another web process: a pool, and with it a memory, of its own. */
let elsewhere: Database;
let servers: ApiServer[];

beforeAll(async () => {
  db = await openTestDatabase();
  elsewhere = openDatabase(db.url, { maxConnections: 3 });
  servers = [await startApiServer(db), await startApiServer(elsewhere)];
  await seedProvider(db);
});
afterAll(async () => {
  for (const server of servers) await server.close();
  await elsewhere.close();
  await db.close();
});

async function world() {
  const { id: organizationId } = await seedOrganization(db);
  const name = `Service_${organizationId.slice(-12)}`;
  const { id } = await seedIntegration(db, { name, oauth: {}, defaultEntityId: "common" });
  await seedValue(db, id, { key: "base_url", value: "https://old.example.com" });
  await seedValue(db, id, { key: "api_key", type: "secret", secret: "old-secret" });
  const mapping = await seedMapping(db, id, organizationId, { entityId: "old-entity" });
  const connection = await seedConnection(db, id, { mappingId: mapping.id, accessToken: "old-token" });
  const { key, apiKey } = await createApiKey(testContext(db), {
    name: "key",
    organizationId,
    permissions: ["credentials:read"],
  });
  /** What each process answers; the first call fills their memories. */
  const read = async () => {
    const answers = await Promise.all(
      servers.map(async ({ url }) => {
        const headers = { authorization: `Bearer ${key}` };
        const response = await fetch(`${url}/api/v1/integrations/${name}`, { headers });
        return { status: response.status, ...((await response.json()) as Record<string, unknown>) };
      }),
    );
    expect(answers[1]).toEqual(answers[0]);
    return answers[0] as unknown as {
      status: number;
      entity_id: string | null;
      config: Record<string, unknown>;
      oauth: Record<string, unknown>;
    };
  };
  expect(await read()).toMatchObject({
    status: 200,
    entity_id: "old-entity",
    config: { api_key: "old-secret" },
  });
  const version = async () => (await db.prisma.integration.findUniqueOrThrow({ where: { id } })).version;
  return { id, name, organizationId, mapping, connection, keyId: apiKey.id, read, version };
}

describe("the very next read, in this process and in another, sees", () => {
  it("a default, set and cleared", async () => {
    const { id, read, version } = await world();
    await setDefaults(testContext(db), {
      integrationId: id,
      version: await version(),
      values: { base_url: "https://new.example.com", api_key: "new-secret" },
    });
    expect((await read()).config).toEqual({ base_url: "https://new.example.com", api_key: "new-secret" });
    const values = { base_url: null };
    await setDefaults(testContext(db), { integrationId: id, version: await version(), values });
    expect((await read()).config).toEqual({ api_key: "new-secret" });
  });

  it("a field renamed, added and removed", async () => {
    const { id, read, version } = await world();
    const [url] = await db.prisma.configField.findMany({ where: { integrationId: id, key: "base_url" } });
    await updateConfigSchema(
      testContext(db),
      {
        integrationId: id,
        version: await version(),
        fields: [{ id: url?.id, key: "address", type: "string" }],
      },
      { acceptsAllDrops: true },
    );
    expect((await read()).config).toEqual({ address: "https://old.example.com" });
  });

  it("a mapping's entity and overrides, and its end", async () => {
    const { id, organizationId, read } = await world();
    const mapping = { integrationId: id, organizationId };
    await upsertMapping(testContext(db), { ...mapping, entityId: "new-entity", config: { api_key: "own" } });
    expect(await read()).toMatchObject({ entity_id: "new-entity", config: { api_key: "own" } });
    await deleteMapping(testContext(db), mapping);
    expect(await read()).toMatchObject({ entity_id: "common", config: { api_key: "old-secret" } });
  });

  it("a token that was refreshed", async () => {
    const { connection, read } = await world();
    const place = { table: "Connection", id: connection.id, field: "accessToken" };
    expect((await read()).oauth).toMatchObject({ access_token: "old-token", version: 1 });
    await db.prisma.connection.update({
      where: { id: connection.id },
      data: {
        accessToken: seal(testContext(db).keyring, place, "new-token"),
        tokenVersion: 2,
        attempt: 2,
      },
    });
    expect((await read()).oauth).toMatchObject({ access_token: "new-token", version: 2 });
  });

  it("an own integration that takes the global one's place, and its end", async () => {
    const { id, name, organizationId, read } = await world();
    const own = await createIntegration(testContext(db), { name, organizationId });
    expect(await read()).toMatchObject({ integration_id: own.id, oauth: null });
    await deleteIntegration(testContext(db), { id: own.id, confirmName: name });
    expect(await read()).toMatchObject({ integration_id: id });
  });

  it("that the key was revoked", async () => {
    const { keyId, read } = await world();
    await revokeApiKey(testContext(db), { id: keyId });
    expect(await read()).toMatchObject({ status: 401, code: "unauthenticated" });
  });

  it("that the organization was deactivated", async () => {
    const { organizationId, read } = await world();
    await deactivateOrganization(testContext(db), { id: organizationId });
    expect(await read()).toMatchObject({ status: 401 });
  });
});

describe("the stamp of a definition", () => {
  const stampOf = async (id: string) =>
    (await db.prisma.integration.findUniqueOrThrow({ where: { id } })).definitionStamp;

  /** Another value of a column's type, so that a column that is added later is tried too. */
  const OTHER: Record<string, (column: string, type: string) => string> = {
    text: (column) => `coalesce("${column}", '') || 'x'`,
    bool: (column) => `NOT "${column}"`,
    int4: (column) => `coalesce("${column}", 0) + 1`,
    jsonb: () => `'{"a": "b"}'`,
    _text: () => `'{x}'`,
    timestamptz: (column) => `coalesce("${column}", now()) + interval '1 hour'`,
  };
  const UNTRIED = new Set([
    "id",
    "integrationId",
    "fieldId",
    "mappingId",
    "organizationId",
    "slug",
    "definitionStamp",
  ]);
  const HEALTH = new Set(["errorCode", "errorMessage", "errorAt", "probeAt", "updatedAt"]);

  it.each(["Integration", "OAuthClient", "ConfigField", "ConfigValue"])(
    "changes with every column of %s",
    async (table) => {
      const { id } = await world();
      const { rows: columns } = await db.pool.query<{ name: string; type: string; kind: string }>(
        `SELECT column_name AS name, udt_name AS type, data_type AS kind FROM information_schema.columns
         WHERE table_schema = 'public' AND table_name = $1`,
        [table],
      );
      const tried = columns.filter(({ name }) => !UNTRIED.has(name));
      expect(tried.length).toBeGreaterThan(3);
      for (const { name, type, kind } of tried) {
        if (table === "ConfigValue" && name === "value") continue;
        const other =
          kind === "USER-DEFINED"
            ? `(SELECT e FROM unnest(enum_range(NULL::"${type}")) e WHERE e <> "${name}" LIMIT 1)`
            : OTHER[type]?.(name, type);
        const before = await stampOf(id);
        const own = table === "Integration" ? "id" : "integrationId";
        const which = table === "ConfigValue" ? `AND sealed IS NOT NULL` : "";
        await db.pool.query(
          `UPDATE "${table}" SET "${name}" = ${other} WHERE ctid = (SELECT ctid FROM "${table}" WHERE "${own}" = $1 ${which} LIMIT 1)`,
          [id],
        );
        const isHealth = table === "OAuthClient" && HEALTH.has(name);
        expect({ name, same: (await stampOf(id)) === before }).toEqual({ name, same: isHealth });
      }
    },
  );

  it("changes where a client, a field or a default comes or goes, and not with overrides and tokens", async () => {
    const { id, organizationId, mapping, connection } = await world();
    const changes = async (work: () => Promise<unknown>) => {
      const before = await stampOf(id);
      await work();
      return (await stampOf(id)) !== before;
    };
    const { prisma } = db;
    expect(await changes(() => seedValue(db, id, { key: "new", value: "x" }))).toBe(true);
    expect(await changes(() => prisma.configValue.deleteMany({ where: { field: { key: "new" } } }))).toBe(
      true,
    );
    expect(await changes(() => prisma.configField.deleteMany({ where: { key: "new" } }))).toBe(true);
    expect(await changes(() => prisma.oAuthClient.delete({ where: { integrationId: id } }))).toBe(true);
    expect(
      await changes(() => seedValue(db, id, { key: "api_key", secret: "x", mappingId: mapping.id })),
    ).toBe(false);
    expect(
      await changes(() =>
        upsertMapping(testContext(db), { integrationId: id, organizationId, entityId: "other" }),
      ),
    ).toBe(false);
    expect(
      await changes(() =>
        prisma.connection.update({ where: { id: connection.id }, data: { status: "degraded" } }),
      ),
    ).toBe(false);
  });

  it("lets no read fail while it changes all the time", async () => {
    const { id, name, organizationId } = await world();
    let isOver = false;
    const editing = (async () => {
      for (let edit = 0; !isOver; edit++) {
        await db.pool.query(`UPDATE "Integration" SET description = $2 WHERE id = $1`, [id, `edit ${edit}`]);
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
    })();
    for (let read = 0; read < 100; read++) {
      const data = await getIntegrationData(testContext(elsewhere), { name, scope: organizationId });
      expect(data?.integrationId).toBe(id);
    }
    isOver = true;
    await editing;
  });
});
