import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Actor, ApiKeyActor, ApiKeyPermission, UserActor } from "@/lib/auth/actor";
import { unseal } from "@/lib/crypto/seal";
import type { Database } from "@/lib/db/client";
import { uuidv7 } from "@/lib/db/id";
import { AppError } from "@/lib/errors";
import { createIntegration } from "@/lib/integrations/create-integration";
import { seedOrganization, seedProvider, seedUser, testContext } from "@/test/context";
import { openTestDatabase } from "@/test/database";
import { seedConnection, seedIntegration, seedMapping, seedValue } from "@/test/integrations";
import { deleteMapping } from "./delete-mapping";
import { getMappingView } from "./get-mapping-view";
import { listMappingRows } from "./list-mapping-rows";
import { getMapping, listMappings } from "./queries";
import { upsertMapping } from "./upsert-mapping";

let db: Database;
let admin: UserActor;
let technician: UserActor;

beforeAll(async () => {
  db = await openTestDatabase();
  admin = await seedUser(db, "platform_admin");
  technician = await seedUser(db, "technician");
});
afterAll(() => db.close());

const ctx = (actor: Actor = admin) => testContext(db, actor);
const uniqueName = () => `Service_${uuidv7().slice(-12)}`;

async function errorOf(work: Promise<unknown>): Promise<AppError> {
  const error = await work.then(
    (value) => new Error(`expected an AppError, got ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
  if (error instanceof AppError) return error;
  throw error instanceof Error ? error : new Error(String(error));
}
const codeOf = async (work: Promise<unknown>) => (await errorOf(work)).code;

/** Everything stored about mappings, to see that a refused input changed none of it. */
async function storedState() {
  const [mappings, values, connections, audits] = await Promise.all([
    db.prisma.mapping.findMany({ orderBy: { id: "asc" } }),
    db.prisma.configValue.findMany({ orderBy: { id: "asc" } }),
    db.prisma.connection.findMany({ orderBy: { id: "asc" } }),
    db.prisma.auditEvent.count({ where: { action: { startsWith: "mapping." } } }),
  ]);
  return JSON.stringify({ mappings, values, connections, audits });
}

async function refused(work: () => Promise<unknown>): Promise<AppError> {
  const before = await storedState();
  const error = await errorOf(work());
  expect(await storedState()).toBe(before);
  return error;
}

async function seedKey(
  organizationId: string,
  permissions: ApiKeyPermission[],
  changes: Record<string, unknown> = {},
): Promise<ApiKeyActor> {
  const organization = await db.prisma.organization.findUniqueOrThrow({ where: { id: organizationId } });
  const {
    integrations = [],
    organizations = [],
    ...columns
  } = changes as {
    integrations?: string[];
    organizations?: string[];
  };
  const key = await db.prisma.apiKey.create({
    data: {
      organizationId,
      name: "key",
      prefix: "bfr_test",
      keyHash: Buffer.from(uuidv7()),
      permissions,
      limitsIntegrations: integrations.length > 0,
      limitsOrganizations: organizations.length > 0,
      integrations: { create: integrations.map((integrationId) => ({ integrationId })) },
      organizations: { create: organizations.map((id) => ({ organizationId: id })) },
      ...columns,
    },
  });
  return {
    type: "api_key",
    id: key.id,
    label: "key",
    organizationId,
    organizationKind: organization.kind,
    permissions,
    origin: { ipAddress: null, userAgent: null },
  };
}

/** An integration with one field of each type, `{entity_id}` in its URLs and `{region}` in the test URL. */
async function seedService(options: { organizationId?: string; oauth?: boolean } = {}) {
  const name = uniqueName();
  const { id } = await seedIntegration(db, {
    name,
    organizationId: options.organizationId,
    defaultEntityId: "common",
    ...(options.oauth === false ? {} : { oauth: {} }),
  });
  for (const [key, type] of [
    ["base_url", "string"],
    ["region", "string"],
    ["timeout", "int"],
    ["verbose", "bool"],
    ["options", "json"],
    ["api_key", "secret"],
    ["note", "string"],
  ] as const) {
    const position = await db.prisma.configField.count({ where: { integrationId: id } });
    await db.prisma.configField.create({ data: { integrationId: id, key, type, position } });
  }
  await seedValue(db, id, { key: "region", value: "eu" });
  await db.prisma.integration.update({
    where: { id },
    data: { testUrl: "https://{region}.api.example.com/ping" },
  });
  return { id, name };
}

describe("mapping an organization", () => {
  it("creates, then updates; what is not passed stays", async () => {
    const { id: integrationId, name } = await seedService();
    const { id: organizationId } = await seedOrganization(db, "Contoso Ltd");
    const created = await upsertMapping(ctx(), {
      integrationName: name,
      organizationId,
      entityId: " tenant-1 ",
      entityName: "Contoso",
      config: { timeout: 30, verbose: false, options: { a: [1, null] }, note: "" },
    });
    expect(created).toEqual({
      id: expect.any(String),
      integrationId,
      organizationId,
      organizationName: "Contoso Ltd",
      entityId: "tenant-1",
      entityName: "Contoso",
      oauthTokenId: null,
      config: { timeout: 30, verbose: false, options: { a: [1, null] }, note: "" },
      createdAt: expect.any(Date),
      updatedAt: expect.any(Date),
    });
    const updated = await upsertMapping(ctx(), {
      integrationId,
      organizationId,
      config: { timeout: 60, note: null },
    });
    expect(updated).toMatchObject({ id: created.id, entityId: "tenant-1", entityName: "Contoso" });
    expect(updated.config).toEqual({ timeout: 60, verbose: false, options: { a: [1, null] } });
    const cleared = await upsertMapping(ctx(), {
      integrationId,
      organizationId,
      entityId: null,
      entityName: null,
    });
    expect(cleared).toMatchObject({ entityId: null, entityName: null, config: updated.config });
  });

  it("keeps a JSON value with __proto__ in it as it is, and pollutes nothing", async () => {
    const { id: integrationId } = await seedService();
    const { id: organizationId } = await seedOrganization(db);
    const options: unknown = JSON.parse(
      '{"__proto__": {"polluted": true}, "$type": "Param", "constructor": 1}',
    );
    const { config } = await upsertMapping(ctx(), { integrationId, organizationId, config: { options } });
    expect(JSON.parse(JSON.stringify(config["options"]))).toEqual(options);
    expect(Object.keys(config["options"] as object).toSorted()).toEqual([
      "$type",
      "__proto__",
      "constructor",
    ]);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });

  it.each<[string, unknown, string]>([
    ["an unknown key", { nope: 1 }, "config.nope"],
    ["__proto__ as a key", JSON.parse('{"__proto__": 1}'), "config.__proto__"],
    ["constructor as a key", { constructor: 1 }, "config.constructor"],
    ["text for an int", { timeout: "30" }, "config.timeout"],
    ["a fraction for an int", { timeout: 1.5 }, "config.timeout"],
    ["a huge integer", { timeout: 2 ** 53 }, "config.timeout"],
    ["a number for a bool", { verbose: 1 }, "config.verbose"],
    ["an object for a string", { note: {} }, "config.note"],
    ["an array for a string", { note: ["a"] }, "config.note"],
    ["NUL in a string", { note: "a\u0000" }, "config.note"],
    ["NUL deep in JSON", { options: [{ "\u0000": 1 }] }, "config.options"],
    ["a number for a secret", { api_key: 1 }, "config.api_key"],
    ["a blank secret", { api_key: "" }, "config.api_key"],
    ["a list for config", [1], "config"],
    ["text for config", "x", "config"],
  ])("refuses %s, naming the field; nothing changes", async (_, config, path) => {
    const { id: integrationId } = await seedService();
    const { id: organizationId } = await seedOrganization(db);
    await upsertMapping(ctx(), { integrationId, organizationId, config: { timeout: 1, api_key: "s" } });
    const error = await refused(() =>
      upsertMapping(ctx(), { integrationId, organizationId, entityId: "other", config }),
    );
    expect(error.code).toBe("validation_failed");
    expect(error.errors.map((each) => each.path)).toEqual([path]);
  });

  it.each([
    ["entityId", 7],
    ["entityId", "a\u0000b"],
    ["entityId", "  "],
    ["entityId", "x".repeat(501)],
    ["entityName", {}],
    ["entityName", "line\nbreak"],
    ["integrationId", "no-uuid"],
    ["organizationId", "global"],
    ["organizationId", undefined],
  ])("refuses %s %j; nothing changes", async (field, value) => {
    const { id: integrationId } = await seedService();
    const { id: organizationId } = await seedOrganization(db);
    const error = await refused(() =>
      upsertMapping(ctx(), { integrationId, organizationId, [field]: value }),
    );
    expect(error).toMatchObject({ code: "validation_failed", errors: [{ path: field }] });
  });

  it("refuses an entity ID that cannot stand where the URLs use it", async () => {
    const { id: integrationId } = await seedService();
    const { id: organizationId } = await seedOrganization(db);
    const dots = await refused(() => upsertMapping(ctx(), { integrationId, organizationId, entityId: ".." }));
    expect(dots.errors).toMatchObject([{ path: "entityId" }]);
    const host = await refused(() =>
      upsertMapping(ctx(), { integrationId, organizationId, config: { region: "evil.com/" } }),
    );
    expect(host.errors).toMatchObject([
      { path: "config.region", message: expect.stringMatching(/letters, digits/) },
    ]);
  });

  it("says which organization or integration is not there", async () => {
    const { id: integrationId } = await seedService();
    const { id: organizationId } = await seedOrganization(db);
    expect(await codeOf(upsertMapping(ctx(), { integrationId, organizationId: uuidv7() }))).toBe(
      "organization_not_found",
    );
    expect(await codeOf(upsertMapping(ctx(), { integrationId: uuidv7(), organizationId }))).toBe(
      "integration_not_found",
    );
    for (const integrationName of ["nope", "", "../etc", "a\u0000"]) {
      expect(await codeOf(upsertMapping(ctx(), { integrationName, organizationId }))).toBe(
        "integration_not_found",
      );
    }
    const both = await errorOf(upsertMapping(ctx(), { integrationId, integrationName: "x", organizationId }));
    expect(both.code).toBe("validation_failed");
    expect(await codeOf(upsertMapping(ctx(), { organizationId }))).toBe("validation_failed");
    await db.prisma.organization.update({ where: { id: organizationId }, data: { isActive: false } });
    expect(await codeOf(upsertMapping(ctx(), { integrationId, organizationId }))).toBe(
      "organization_not_found",
    );
  });

  it("by name takes the organization's own integration before the global one", async () => {
    const global = await seedService();
    const { id: organizationId } = await seedOrganization(db);
    const other = await seedOrganization(db);
    const own = await seedIntegration(db, { name: global.name, organizationId });
    const mapping = await upsertMapping(ctx(), {
      integrationName: global.name,
      organizationId,
      entityId: "e",
    });
    expect(mapping.integrationId).toBe(own.id);
    const others = await upsertMapping(ctx(), {
      integrationName: global.name,
      organizationId: other.id,
      entityId: "e",
    });
    expect(others.integrationId).toBe(global.id);
  });

  it("maps an organization's own integration for its owner alone", async () => {
    const owner = await seedOrganization(db);
    const other = await seedOrganization(db);
    const { id: integrationId } = await seedService({ organizationId: owner.id });
    const error = await refused(() =>
      upsertMapping(ctx(), { integrationId, organizationId: other.id, entityId: "e" }),
    );
    expect(error).toMatchObject({ code: "validation_failed", errors: [{ path: "organizationId" }] });
    expect(error.message).toMatch(/belongs to/);
  });

  it("makes one row of 64 at once, with no error and no deadlock", async () => {
    const { id: integrationId, name } = await seedService();
    const { id: organizationId } = await seedOrganization(db);
    const key = await seedKey((await seedProvider(db)).id, ["mappings:write", "credentials:read"]);
    const answers = await Promise.all(
      Array.from({ length: 64 }, (_, index) =>
        upsertMapping(ctx(index % 2 === 0 ? admin : key), {
          integrationName: name,
          organizationId,
          entityId: `tenant-${index % 7}`,
          config: {
            timeout: index,
            api_key: `secret-${index}`,
            ...(index % 3 === 0 ? { note: null } : { note: "n" }),
          },
        }),
      ),
    );
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
    expect(await db.prisma.mapping.count({ where: { integrationId } })).toBe(1);
    const values = await db.prisma.configValue.findMany({
      where: { mappingId: answers[0]?.id },
      include: { field: true },
    });
    expect(new Set(values.map(({ field }) => field.key)).size).toBe(values.length);
  });

  it("goes on while others delete the same mapping", async () => {
    const { id: integrationId } = await seedService();
    const { id: organizationId } = await seedOrganization(db);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 32 }, async (_, index) =>
        index % 4 === 3
          ? deleteMapping(ctx(), { integrationId, organizationId })
          : upsertMapping(ctx(), { integrationId, organizationId, config: { timeout: index } }),
      ),
    );
    expect(outcomes.filter(({ status }) => status === "rejected")).toEqual([]);
  });
});

describe("secrets of a mapping", () => {
  it("are sealed in their place, and given to a reader of credentials alone", async () => {
    const { id: integrationId, name } = await seedService();
    const { id: organizationId } = await seedOrganization(db);
    const shown = await upsertMapping(ctx(), {
      integrationId,
      organizationId,
      config: { api_key: "canary-1" },
    });
    expect(shown.config).toEqual({ api_key: null });
    const row = await db.prisma.configValue.findFirstOrThrow({ where: { mappingId: shown.id } });
    expect(row.value).toBeNull();
    const place = { table: "ConfigValue", id: row.id, field: "value" };
    expect(unseal(ctx().keyring, place, row.sealed ?? "")).toBe("canary-1");
    const weak = await seedKey(organizationId, ["integrations:read"]);
    const strong = await seedKey(organizationId, ["credentials:read"]);
    expect((await getMapping(ctx(weak), { name })).config).toEqual({ api_key: null });
    expect((await getMapping(ctx(strong), { name })).config).toEqual({ api_key: "canary-1" });
    const reads = await db.prisma.auditEvent.findMany({
      where: { actorId: strong.id, action: "credentials.read" },
    });
    expect(reads).toMatchObject([{ targetId: integrationId, organizationId }]);
    expect(await db.prisma.auditEvent.count({ where: { actorId: weak.id } })).toBe(0);
  });

  it("stand in the audit log as what was done to them; the same one again is no change", async () => {
    const { id: integrationId } = await seedService();
    const { id: organizationId } = await seedOrganization(db);
    const { id } = await upsertMapping(ctx(), {
      integrationId,
      organizationId,
      entityId: "t",
      config: { api_key: "canary-2", timeout: 1 },
    });
    await upsertMapping(ctx(), {
      integrationId,
      organizationId,
      entityId: "t",
      config: { api_key: "canary-2", timeout: 1 },
    });
    await upsertMapping(ctx(), {
      integrationId,
      organizationId,
      config: { api_key: "canary-3", timeout: 2 },
    });
    await upsertMapping(ctx(), { integrationId, organizationId, config: { api_key: null } });
    const entries = await db.prisma.auditEvent.findMany({ where: { targetId: id }, orderBy: { id: "asc" } });
    expect(entries).toMatchObject([
      {
        action: "mapping.create",
        organizationId,
        after: { entityId: "t", config: { api_key: "set", timeout: 1 } },
      },
      {
        action: "mapping.update",
        before: { config: { api_key: "set", timeout: 1 } },
        after: { config: { api_key: "changed", timeout: 2 } },
      },
      { action: "mapping.update", after: { config: { api_key: "cleared" } } },
    ]);
    expect(JSON.stringify(entries)).not.toContain("canary");
  });
});

describe("who may map", () => {
  it("lets the provider's people and an organization's admin, and nobody else", async () => {
    const { id: integrationId } = await seedService();
    const { id: organizationId } = await seedOrganization(db);
    const people = [technician, await seedUser(db, "organization_admin", organizationId)];
    for (const person of people) {
      await expect(
        upsertMapping(ctx(person), { integrationId, organizationId, config: { timeout: 1 } }),
      ).resolves.toBeDefined();
    }
    const viewers = [await seedUser(db, "viewer"), await seedUser(db, "viewer", organizationId)];
    for (const viewer of viewers) {
      const error = await refused(() =>
        upsertMapping(ctx(viewer), { integrationId, organizationId, config: { timeout: 2 } }),
      );
      expect(error.code).toBe("permission_denied");
      expect(await codeOf(deleteMapping(ctx(viewer), { integrationId, organizationId }))).toBe(
        "permission_denied",
      );
    }
  });

  it("asks an API key for mappings:write", async () => {
    const { id: integrationId } = await seedService();
    const { id: organizationId } = await seedOrganization(db);
    const reader = await seedKey(organizationId, [
      "integrations:read",
      "credentials:read",
      "workflows:execute",
    ]);
    const error = await refused(() => upsertMapping(ctx(reader), { integrationId, organizationId }));
    expect(error).toMatchObject({
      code: "permission_denied",
      message: expect.stringContaining("mappings:write"),
    });
    const writer = await seedKey(organizationId, ["mappings:write"]);
    await expect(
      upsertMapping(ctx(writer), { integrationId, organizationId, config: { timeout: 1 } }),
    ).resolves.toBeDefined();
    expect(await codeOf(getMapping(ctx(writer), { name: "x" }))).toBe("permission_denied");
    expect(await codeOf(listMappings(ctx(writer), { integrationId }))).toBe("permission_denied");
  });

  it("answers a managed caller 403 for any other organization, existing or not", async () => {
    const { id: integrationId, name } = await seedService();
    const { id: ownId } = await seedOrganization(db);
    const other = await seedOrganization(db);
    await upsertMapping(ctx(), { integrationId, organizationId: other.id, entityId: "theirs" });
    const callers = [
      await seedKey(ownId, ["mappings:write", "credentials:read"]),
      await seedUser(db, "organization_admin", ownId),
    ];
    for (const caller of callers) {
      for (const foreign of [other.id, uuidv7(), "global", "nonsense", ""]) {
        const put = await refused(() =>
          upsertMapping(ctx(caller), { integrationId, organizationId: foreign }),
        );
        expect(put.code).toBe("scope_forbidden");
        const gone = await refused(() =>
          deleteMapping(ctx(caller), { integrationId, organizationId: foreign }),
        );
        expect(gone.code).toBe("scope_forbidden");
        expect(await codeOf(getMapping(ctx(caller), { name, scope: foreign }))).toBe("scope_forbidden");
      }
    }
  });

  it("does not show a managed caller another organization's integration", async () => {
    const owner = await seedOrganization(db);
    const { id: ownId } = await seedOrganization(db);
    const { id: integrationId, name } = await seedService({ organizationId: owner.id });
    const key = await seedKey(ownId, ["mappings:write", "credentials:read"]);
    expect(await codeOf(upsertMapping(ctx(key), { integrationId, organizationId: ownId }))).toBe(
      "integration_not_found",
    );
    expect(await codeOf(upsertMapping(ctx(key), { integrationName: name, organizationId: ownId }))).toBe(
      "integration_not_found",
    );
    expect(await codeOf(listMappings(ctx(key), { integrationId }))).toBe("integration_not_found");
    expect(await codeOf(getMapping(ctx(key), { name }))).toBe("integration_not_found");
  });

  it("keeps a key within the integrations and organizations it is limited to, and refuses a revoked one", async () => {
    const mine = await seedService();
    const other = await seedService();
    const [first, second] = [await seedOrganization(db), await seedOrganization(db)];
    const provider = await seedProvider(db);
    const key = await seedKey(provider.id, ["mappings:write", "credentials:read"], {
      integrations: [mine.id],
      organizations: [first.id],
    });
    await upsertMapping(ctx(), { integrationId: mine.id, organizationId: second.id, entityId: "second" });
    await expect(
      upsertMapping(ctx(key), { integrationId: mine.id, organizationId: first.id, entityId: "first" }),
    ).resolves.toBeDefined();
    expect(await codeOf(upsertMapping(ctx(key), { integrationId: mine.id, organizationId: second.id }))).toBe(
      "scope_forbidden",
    );
    expect(await codeOf(upsertMapping(ctx(key), { integrationId: mine.id, organizationId: uuidv7() }))).toBe(
      "scope_forbidden",
    );
    expect(await codeOf(upsertMapping(ctx(key), { integrationId: other.id, organizationId: first.id }))).toBe(
      "permission_denied",
    );
    expect(await codeOf(getMapping(ctx(key), { name: other.name, scope: first.id }))).toBe(
      "permission_denied",
    );
    expect(await codeOf(getMapping(ctx(key), { name: mine.name, scope: second.id }))).toBe("scope_forbidden");
    expect(await codeOf(getMapping(ctx(key), { name: mine.name, entityId: "second" }))).toBe(
      "mapping_not_found",
    );
    const { mappings } = await listMappings(ctx(key), { integrationId: mine.id });
    expect(mappings.map(({ organizationId }) => organizationId)).toEqual([first.id]);
    await db.prisma.apiKey.update({ where: { id: key.id }, data: { revokedAt: new Date() } });
    const late = await refused(() =>
      upsertMapping(ctx(key), { integrationId: mine.id, organizationId: first.id, entityId: "x" }),
    );
    expect(late.code).toBe("unauthenticated");
    expect(await codeOf(deleteMapping(ctx(key), { integrationId: mine.id, organizationId: first.id }))).toBe(
      "unauthenticated",
    );
    expect(await codeOf(listMappings(ctx(key), { integrationId: mine.id }))).toBe("unauthenticated");
    expect(await codeOf(getMapping(ctx(key), { name: mine.name, scope: first.id }))).toBe("unauthenticated");
  });
});

describe("who may steer URLs", () => {
  it("lets a managed caller change neither the entity ID nor a field that a URL uses", async () => {
    const { id: integrationId } = await seedService();
    const { id: organizationId } = await seedOrganization(db);
    await upsertMapping(ctx(), {
      integrationId,
      organizationId,
      entityId: "tenant-1",
      config: { base_url: "https://a.example" },
    });
    const orgAdmin = await seedUser(db, "organization_admin", organizationId);
    const key = await seedKey(organizationId, ["mappings:write"]);
    for (const caller of [orgAdmin, key]) {
      for (const [change, path] of [
        [{ entityId: "tenant-2" }, "entityId"],
        [{ entityId: null }, "entityId"],
        [{ config: { region: "us" } }, "config.region"],
        [{ config: { base_url: "https://evil.example" } }, "config.base_url"],
        [{ config: { base_url: null } }, "config.base_url"],
      ] as const) {
        const error = await refused(() =>
          upsertMapping(ctx(caller), { integrationId, organizationId, ...change }),
        );
        expect(error).toMatchObject({ code: "permission_denied", errors: [{ path }] });
      }
      await expect(
        upsertMapping(ctx(caller), {
          integrationId,
          organizationId,
          entityId: "tenant-1",
          entityName: "Ours",
          config: { base_url: "https://a.example", region: "eu", timeout: 5, api_key: "own" },
        }),
      ).resolves.toMatchObject({ entityName: "Ours", config: { timeout: 5, base_url: "https://a.example" } });
    }
    const region = await db.prisma.configValue.findFirst({
      where: { mapping: { integrationId }, field: { key: "region" } },
    });
    expect(region).toBeNull();
  });

  it.each([
    ["an entity ID", { entityId: "tenant-1" }, "entityId"],
    ["an override that a URL uses", { config: { region: "us" } }, "config.region"],
  ])("lets a managed caller not delete a mapping with %s, and shows that", async (_, set, path) => {
    const { id: integrationId } = await seedService();
    const { id: organizationId } = await seedOrganization(db);
    await upsertMapping(ctx(), { integrationId, organizationId, ...set });
    const orgAdmin = await seedUser(db, "organization_admin", organizationId);
    const remove = async () => {
      const { can } = await getMappingView(ctx(orgAdmin), integrationId, organizationId);
      const { rows } = await listMappingRows(ctx(orgAdmin), integrationId, {});
      return [can.remove, rows[0]?.can.remove];
    };
    for (const caller of [orgAdmin, await seedKey(organizationId, ["mappings:write"])]) {
      const error = await refused(() => deleteMapping(ctx(caller), { integrationId, organizationId }));
      expect(error).toMatchObject({ code: "permission_denied", errors: [{ path }] });
    }
    expect(await remove()).toEqual([false, false]);
    const cleared = { entityId: null, config: { region: null, timeout: 5 } };
    await upsertMapping(ctx(), { integrationId, organizationId, ...cleared });
    expect(await remove()).toEqual([true, true]);
    expect(await deleteMapping(ctx(orgAdmin), { integrationId, organizationId })).toBe(true);
  });

  it("takes the entity ID in force without storing it, so that the default goes on deciding", async () => {
    const { id: integrationId } = await seedService();
    const { id: organizationId } = await seedOrganization(db);
    const key = await seedKey(organizationId, ["mappings:write"]);
    const mapping = await upsertMapping(ctx(key), {
      integrationId,
      organizationId,
      entityId: "common",
      config: { timeout: 3 },
    });
    expect(mapping).toMatchObject({ entityId: null, config: { timeout: 3 } });
  });

  it("keeps what Test connection asks, with the default's key, the provider's to choose", async () => {
    const { id: integrationId } = await createIntegration(ctx(), {
      name: uniqueName(),
      presetId: "generic-api-key",
      config: { base_url: "https://api.example.com", api_key: "canary-k", test_path: "/me" },
    });
    const { id: organizationId } = await seedOrganization(db);
    const key = await seedKey(organizationId, ["mappings:write"]);
    for (const config of [{ test_path: "/all-customers" }, { header_name: "x-other" }]) {
      const error = await refused(() => upsertMapping(ctx(key), { integrationId, organizationId, config }));
      expect(error.code).toBe("permission_denied");
    }
    await expect(
      upsertMapping(ctx(key), {
        integrationId,
        organizationId,
        config: { api_key: "own", test_path: "/me" },
      }),
    ).resolves.toMatchObject({ config: { api_key: null } });
  });

  it("lets an organization steer what it owns, and the technician everything", async () => {
    const { id: organizationId } = await seedOrganization(db);
    const own = await seedService({ organizationId });
    const key = await seedKey(organizationId, ["mappings:write"]);
    const change = {
      organizationId,
      entityId: "mine",
      config: { region: "us", base_url: "https://mine.example" },
    };
    await expect(upsertMapping(ctx(key), { integrationId: own.id, ...change })).resolves.toMatchObject({
      entityId: "mine",
    });
    const global = await seedService();
    await expect(
      upsertMapping(ctx(technician), { integrationId: global.id, ...change }),
    ).resolves.toMatchObject({ entityId: "mine" });
  });
});

describe("a mapping's own connection", () => {
  async function connected(options: { tokenUrl?: string } = {}) {
    const { id: integrationId } = await seedService();
    if (options.tokenUrl) {
      await db.prisma.oAuthClient.update({ where: { integrationId }, data: { tokenUrl: options.tokenUrl } });
    }
    const { id: organizationId } = await seedOrganization(db);
    const mapping = await upsertMapping(ctx(), { integrationId, organizationId, entityId: "tenant-1" });
    const connection = await seedConnection(db, integrationId, {
      mappingId: mapping.id,
      entityId: "tenant-1",
    });
    const read = () => db.prisma.connection.findUniqueOrThrow({ where: { id: connection.id } });
    return { integrationId, organizationId, connection, read };
  }

  it("is named as the mapping's oauth_token_id", async () => {
    const { integrationId, organizationId, connection } = await connected();
    const mapping = await upsertMapping(ctx(), { integrationId, organizationId });
    expect(mapping.oauthTokenId).toBe(connection.id);
  });

  it("must be made again where values lead the token to another origin", async () => {
    const { integrationId, organizationId, read } = await connected({
      tokenUrl: "https://{region}.login.example.com/token",
    });
    await upsertMapping(ctx(), { integrationId, organizationId, config: { timeout: 9 } });
    expect((await read()).status).toBe("active");
    await upsertMapping(ctx(), { integrationId, organizationId, config: { region: "us" } });
    expect(await read()).toMatchObject({
      status: "reconnect_required",
      errorCode: "origin_changed",
      errorMessage: expect.stringContaining("https://us.login.example.com"),
    });
  });

  it("must be made again where another entity has another token URL", async () => {
    const { integrationId, organizationId, read } = await connected();
    await upsertMapping(ctx(), { integrationId, organizationId, entityId: "tenant-1", entityName: "x" });
    expect((await read()).status).toBe("active");
    await upsertMapping(ctx(), { integrationId, organizationId, entityId: "tenant-2" });
    expect(await read()).toMatchObject({ status: "reconnect_required", errorCode: "token_url_changed" });
    const entry = await db.prisma.auditEvent.findFirst({
      where: { action: "mapping.update" },
      orderBy: { id: "desc" },
    });
    expect(entry?.after).toMatchObject({ entityId: "tenant-2", reconnect: "token_url_changed" });
  });

  it("goes with the mapping, and so do its overrides", async () => {
    const { integrationId, organizationId, connection } = await connected();
    await upsertMapping(ctx(), {
      integrationId,
      organizationId,
      config: { timeout: 1, api_key: "canary-4" },
    });
    expect(await deleteMapping(ctx(), { integrationId, organizationId })).toBe(true);
    expect(await deleteMapping(ctx(), { integrationId, organizationId })).toBe(false);
    expect(await db.prisma.connection.count({ where: { id: connection.id } })).toBe(0);
    expect(await db.prisma.configValue.count({ where: { integrationId, mappingId: { not: null } } })).toBe(0);
    const entries = await db.prisma.auditEvent.findMany({
      where: { action: "mapping.delete", organizationId },
    });
    expect(entries).toMatchObject([
      {
        before: {
          entityId: "tenant-1",
          overrides: expect.arrayContaining(["timeout", "api_key"]),
          connection: "active",
        },
      },
    ]);
    expect(JSON.stringify(entries)).not.toContain("canary");
  });
});

describe("finding mappings", () => {
  it("pages through all of them for the provider, and gives a managed caller its own", async () => {
    const { id: integrationId, name } = await seedService();
    const organizations = await Promise.all(Array.from({ length: 5 }, () => seedOrganization(db)));
    for (const { id } of organizations) await seedMapping(db, integrationId, id);
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof listMappings>> = await listMappings(ctx(), {
        integrationName: name,
        after,
        limit: 2,
      });
      expect(page.mappings.length).toBeLessThanOrEqual(2);
      seen.push(...page.mappings.map(({ organizationId }) => organizationId));
      after = page.next;
    } while (after !== null);
    expect(seen.toSorted()).toEqual(organizations.map(({ id }) => id).toSorted());
    const [own] = organizations;
    const key = await seedKey(own?.id ?? "", ["integrations:read"]);
    const { mappings, next } = await listMappings(ctx(key), { integrationName: name });
    expect(mappings.map(({ organizationId }) => organizationId)).toEqual([own?.id]);
    expect(next).toBeNull();
    for (const bad of [{ limit: 0 }, { limit: 501 }, { limit: 1.5 }, { after: "x" }]) {
      expect(await codeOf(listMappings(ctx(), { integrationName: name, ...bad }))).toBe("validation_failed");
    }
  });

  it("by scope, by entity ID, and by both, which must match", async () => {
    const { id: integrationId, name } = await seedService();
    const [first, second, unmapped] = await Promise.all([1, 2, 3].map(() => seedOrganization(db)));
    const [a, b] = [first?.id ?? "", second?.id ?? ""];
    const mapping = await seedMapping(db, integrationId, a, { entityId: "tenant-a" });
    await seedMapping(db, integrationId, b, { entityId: "tenant-b" });
    const get = (scope?: string, entityId?: string, actor: Actor = admin) =>
      getMapping(ctx(actor), { name, scope, entityId });
    expect((await get(a)).id).toBe(mapping.id);
    expect((await get(a.toUpperCase())).id).toBe(mapping.id);
    expect((await get(undefined, "tenant-a")).id).toBe(mapping.id);
    expect((await get(a, "tenant-a")).id).toBe(mapping.id);
    expect(await codeOf(get(a, "tenant-b"))).toBe("mapping_not_found");
    expect(await codeOf(get(undefined, "nobody"))).toBe("mapping_not_found");
    expect(await codeOf(get(unmapped?.id))).toBe("mapping_not_found");
    expect(await codeOf(get(uuidv7()))).toBe("organization_not_found");
    expect(await codeOf(get("global"))).toBe("validation_failed");
    expect(await codeOf(get("nonsense"))).toBe("validation_failed");
    expect(await codeOf(getMapping(ctx(), { name: "nope", entityId: "tenant-a" }))).toBe(
      "integration_not_found",
    );
    const managed = await seedKey(a, ["integrations:read"]);
    expect((await get(undefined, undefined, managed)).id).toBe(mapping.id);
    expect((await get(undefined, "tenant-a", managed)).id).toBe(mapping.id);
    expect(await codeOf(get(undefined, "tenant-b", managed))).toBe("mapping_not_found");
  });

  it("calls an entity ID of several organizations ambiguous for the provider", async () => {
    const { id: integrationId, name } = await seedService();
    const [first, second] = await Promise.all([1, 2].map(() => seedOrganization(db)));
    await seedMapping(db, integrationId, first?.id ?? "", { entityId: "shared" });
    await seedMapping(db, integrationId, second?.id ?? "", { entityId: "shared" });
    expect(await codeOf(getMapping(ctx(), { name, entityId: "shared" }))).toBe("ambiguous_mapping");
    await expect(getMapping(ctx(), { name, entityId: "shared", scope: first?.id })).resolves.toBeDefined();
    await db.prisma.organization.update({ where: { id: second?.id }, data: { isActive: false } });
    await expect(getMapping(ctx(), { name, entityId: "shared" })).resolves.toMatchObject({
      organizationId: first?.id,
    });
  });

  it("looks for an entity ID only in the integration that each organization's scripts get", async () => {
    const { id: globalId, name } = await seedService();
    const organization = await seedOrganization(db);
    await seedMapping(db, globalId, organization.id, { entityId: "hidden" });
    const own = await seedIntegration(db, { name, organizationId: organization.id });
    expect(await codeOf(getMapping(ctx(), { name, entityId: "hidden" }))).toBe("mapping_not_found");
    await seedMapping(db, own.id, organization.id, { entityId: "seen" });
    await expect(getMapping(ctx(), { name, entityId: "seen" })).resolves.toMatchObject({
      integrationId: own.id,
    });
  });
});
