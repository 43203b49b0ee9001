import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { UserActor } from "@/lib/auth/actor";
import { unseal } from "@/lib/crypto/seal";
import type { Database } from "@/lib/db/client";
import { uuidv7 } from "@/lib/db/id";
import { AppError } from "@/lib/errors";
import { deleteMapping } from "@/lib/mappings/delete-mapping";
import { upsertMapping } from "@/lib/mappings/upsert-mapping";
import { seedOrganization, seedUser, testContext } from "@/test/context";
import { openTestDatabase } from "@/test/database";
import { seedConnection, seedIntegration, seedMapping, seedValue } from "@/test/integrations";
import type { FieldChange } from "./schema";
import { previewSchemaChange } from "./preview-schema-change";
import { setDefaults } from "./set-defaults";
import { updateConfigSchema } from "./update-config-schema";

let db: Database;
let admin: UserActor;

beforeAll(async () => {
  db = await openTestDatabase();
  admin = await seedUser(db, "platform_admin");
});
afterAll(() => db.close());

const ctx = (actor: UserActor = admin) => testContext(db, actor);
const uniqueName = () => `Service_${uuidv7().slice(-12)}`;

async function errorOf(work: Promise<unknown>): Promise<AppError> {
  const error = await work.then(
    (value) => new Error(`expected an AppError, got ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
  if (error instanceof AppError) return error;
  throw error instanceof Error ? error : new Error(String(error));
}

/** Everything that an edit could have changed. */
async function storedState(integrationId: string) {
  const where = { integrationId };
  return JSON.stringify([
    await db.prisma.integration.findUnique({ where: { id: integrationId } }),
    await db.prisma.configField.findMany({ where, orderBy: { id: "asc" } }),
    await db.prisma.configValue.findMany({ where, orderBy: { id: "asc" } }),
    await db.prisma.oAuthClient.findMany({ where }),
    await db.prisma.connection.findMany({ where, orderBy: { id: "asc" } }),
    await db.prisma.auditEvent.count({ where: { targetId: integrationId } }),
  ]);
}

async function refused(integrationId: string, work: () => Promise<unknown>): Promise<AppError> {
  const before = await storedState(integrationId);
  const error = await errorOf(work());
  expect(await storedState(integrationId)).toBe(before);
  return error;
}

async function fieldsOf(integrationId: string) {
  return db.prisma.configField.findMany({ where: { integrationId }, orderBy: { position: "asc" } });
}
type Fields = Awaited<ReturnType<typeof fieldsOf>>;

/** The fields as a form would send them, with changes by key; null removes. */
function edited(fields: Fields, changes: Record<string, Record<string, unknown> | null> = {}) {
  return fields.flatMap(({ id, key, type, required, description }) => {
    const change = changes[key];
    return change === null ? [] : [{ id, key, type, required, description, ...change }];
  });
}

async function valuesOf(integrationId: string, key: string) {
  const rows = await db.prisma.configValue.findMany({
    where: { integrationId, field: { key } },
    orderBy: [{ mappingId: "asc" }],
  });
  return rows.map((row) => ({
    mappingId: row.mappingId,
    value: row.sealed === null ? row.value : undefined,
    secret:
      row.sealed === null
        ? undefined
        : unseal(ctx().keyring, { table: "ConfigValue", id: row.id, field: "value" }, row.sealed),
  }));
}

/** What a person accepts who was shown these. */
const shown = (changes: readonly FieldChange[]) =>
  changes.flatMap(({ id, dropped: { values } }) => (id ? [{ id, values }] : []));

/** `timeout` is a string: "30" by default, "60" and "soon" in two organizations; `api_key` a secret with one override. */
async function seedScene() {
  const { id: integrationId } = await seedIntegration(db, { name: uniqueName() });
  const mappings = await Promise.all(
    [1, 2].map(async () => seedMapping(db, integrationId, (await seedOrganization(db)).id)),
  );
  const [first, second] = mappings.map(({ id }) => id);
  await seedValue(db, integrationId, { key: "timeout", value: "30" });
  await seedValue(db, integrationId, { key: "timeout", value: "60", mappingId: first });
  await seedValue(db, integrationId, { key: "timeout", value: "soon", mappingId: second });
  await seedValue(db, integrationId, { key: "api_key", type: "secret", secret: "canary-a" });
  await seedValue(db, integrationId, {
    key: "api_key",
    type: "secret",
    secret: "canary-b",
    mappingId: first,
  });
  await seedValue(db, integrationId, { key: "note", value: "plain" });
  return { integrationId, first, second, fields: await fieldsOf(integrationId) };
}

describe("editing the schema", () => {
  it("renames, reorders, describes and adds; values stay with their fields", async () => {
    const { integrationId, fields } = await seedScene();
    const before = await valuesOf(integrationId, "timeout");
    const [timeout, apiKey, note] = edited(fields);
    const { version, changes } = await updateConfigSchema(ctx(), {
      integrationId,
      version: 1,
      fields: [
        { ...note, key: "timeout" },
        { ...apiKey, required: true, description: "From the service" },
        { ...timeout, key: "note" },
        { key: "fresh", type: "json" },
      ],
    });
    expect(version).toBe(2);
    expect(changes.every(({ dropped }) => dropped.values === 0)).toBe(true);
    expect(await fieldsOf(integrationId)).toMatchObject([
      { id: note?.id, key: "timeout", position: 0 },
      { id: apiKey?.id, required: true, description: "From the service", position: 1 },
      { id: timeout?.id, key: "note", position: 2 },
      { key: "fresh", type: "json", required: false, position: 3 },
    ]);
    expect(await valuesOf(integrationId, "note")).toEqual(before);
    expect(await valuesOf(integrationId, "timeout")).toMatchObject([{ value: "plain" }]);
    expect(await valuesOf(integrationId, "api_key")).toMatchObject([
      { secret: "canary-b" },
      { secret: "canary-a" },
    ]);
    const entry = await db.prisma.auditEvent.findFirstOrThrow({ where: { targetId: integrationId } });
    expect(entry).toMatchObject({ action: "integration.update_schema", actorId: admin.id });
    expect(JSON.stringify(entry)).not.toContain("canary");
  });

  it("shows what a change of type would do, then converts, and drops only when told", async () => {
    const { integrationId, fields, first } = await seedScene();
    const change = { integrationId, version: 1, fields: edited(fields, { timeout: { type: "int" } }) };
    const before = await storedState(integrationId);
    const { changes } = await previewSchemaChange(ctx(), change);
    expect(await storedState(integrationId)).toBe(before);
    expect(changes[0]).toMatchObject({
      before: { key: "timeout", type: "string" },
      after: { key: "timeout", type: "int" },
      converted: { values: 2, organizations: 1 },
      dropped: { values: 1, organizations: 1 },
    });
    expect(changes[1]).toMatchObject({ kept: { values: 2, organizations: 1 } });
    const error = await refused(integrationId, () => updateConfigSchema(ctx(), change));
    expect(error).toMatchObject({ code: "conflict", errors: [{ path: "fields.0.type" }] });
    expect(error.message).toMatch(/Turning timeout into int drops 1 value \(in 1 organization\)/);
    await updateConfigSchema(ctx(), { ...change, acceptDrops: shown(changes) });
    expect(await valuesOf(integrationId, "timeout")).toEqual([
      { mappingId: first, value: 60, secret: undefined },
      { mappingId: null, value: 30, secret: undefined },
    ]);
  });

  it("says how many values in how many organizations go with a field", async () => {
    const { integrationId, fields } = await seedScene();
    const change = { integrationId, version: 1, fields: edited(fields, { timeout: null }) };
    const { changes } = await previewSchemaChange(ctx(), change);
    expect(changes.at(-1)).toMatchObject({ after: null, dropped: { values: 3, organizations: 2 } });
    const error = await refused(integrationId, () => updateConfigSchema(ctx(), change));
    expect(error.message).toMatch(/Removing timeout drops 3 values \(the default and in 2 organizations\)/);
    await updateConfigSchema(ctx(), { ...change, acceptDrops: shown(changes) });
    expect((await fieldsOf(integrationId)).map(({ key }) => key)).toEqual(["api_key", "note"]);
    expect(await db.prisma.configValue.count({ where: { integrationId } })).toBe(3);
  });

  it("drops no more than was shown, whatever is overridden meanwhile", async () => {
    const { integrationId, fields } = await seedScene();
    const change = { integrationId, version: 1, fields: edited(fields, { timeout: null, note: null }) };
    const { changes } = await previewSchemaChange(ctx(), change);
    const { id: organizationId } = await seedOrganization(db);
    await upsertMapping(ctx(), { integrationId, organizationId, config: { timeout: "soon" } });
    const error = await refused(integrationId, () =>
      updateConfigSchema(ctx(), { ...change, acceptDrops: shown(changes) }),
    );
    expect(error).toMatchObject({ code: "conflict", errors: [{ path: "fields" }, { path: "fields" }] });
    expect(error.message).toContain("Removing timeout drops 4 values (the default and in 3 organizations).");
    const again = await previewSchemaChange(ctx(), change);
    // Fewer than shown may go.
    await deleteMapping(ctx(), { integrationId, organizationId });
    await updateConfigSchema(ctx(), { ...change, acceptDrops: shown(again.changes) });
    expect((await fieldsOf(integrationId)).map(({ key }) => key)).toEqual(["api_key"]);
  });

  it("encrypts text in place when it becomes a secret, with nothing to accept", async () => {
    const { integrationId, fields } = await seedScene();
    await updateConfigSchema(ctx(), {
      integrationId,
      version: 1,
      fields: edited(fields, { timeout: { type: "secret" } }),
    });
    expect((await valuesOf(integrationId, "timeout")).map(({ secret }) => secret).toSorted()).toEqual([
      "30",
      "60",
      "soon",
    ]);
    const raw = await db.prisma.configValue.findMany({ where: { integrationId, field: { key: "timeout" } } });
    expect(raw.every(({ value }) => value === null)).toBe(true);
  });

  it.each(["string", "int", "bool", "json"])(
    "drops secrets that become %s, and never opens them",
    async (type) => {
      const { integrationId, fields } = await seedScene();
      const change = { integrationId, version: 1, fields: edited(fields, { api_key: { type } }) };
      expect((await refused(integrationId, () => updateConfigSchema(ctx(), change))).code).toBe("conflict");
      await updateConfigSchema(ctx(), { ...change, acceptDrops: [{ id: fields[1]?.id, values: 2 }] });
      expect(await valuesOf(integrationId, "api_key")).toEqual([]);
      expect(
        JSON.stringify(await db.prisma.configValue.findMany({ where: { integrationId } })),
      ).not.toContain("canary");
    },
  );

  it("encrypts the values of many organizations in one transaction", async () => {
    const { id: integrationId } = await seedIntegration(db, { name: uniqueName() });
    await db.prisma.configField.create({
      data: { integrationId, key: "token", type: "string", position: 0 },
    });
    const [field] = await fieldsOf(integrationId);
    await db.prisma.$executeRaw`
      WITH o AS (INSERT INTO "Organization" ("id", "name", "updatedAt")
        SELECT gen_random_uuid(), 'Mass ' || n, now() FROM generate_series(1, 2500) n RETURNING "id"),
      m AS (INSERT INTO "Mapping" ("id", "integrationId", "organizationId", "updatedAt")
        SELECT gen_random_uuid(), ${integrationId}::uuid, "id", now() FROM o RETURNING "id")
      INSERT INTO "ConfigValue" ("id", "integrationId", "fieldId", "mappingId", "value")
        SELECT gen_random_uuid(), ${integrationId}::uuid, ${field?.id}::uuid, "id", to_jsonb('plain-' || "id") FROM m`;
    const { changes } = await updateConfigSchema(ctx(), {
      integrationId,
      version: 1,
      fields: [{ ...field, type: "secret" }],
    });
    expect(changes[0]?.encrypted).toEqual({ values: 2_500, organizations: 2_500 });
    expect(await db.prisma.configValue.count({ where: { integrationId, sealed: null } })).toBe(0);
    for (const { secret, mappingId } of (await valuesOf(integrationId, "token")).slice(0, 20)) {
      expect(secret).toBe(`plain-${mappingId}`);
    }
  });

  it("refuses to take a placeholder from a URL, naming the URL", async () => {
    const { id: integrationId } = await seedIntegration(db, { name: uniqueName(), oauth: {} });
    await seedValue(db, integrationId, { key: "tenant", value: "acme" });
    await seedValue(db, integrationId, { key: "extra", value: "1" });
    await db.prisma.oAuthClient.update({
      where: { integrationId },
      data: { tokenUrl: "https://{tenant}.example.com/token", tokenParams: { resource: "{extra}" } },
    });
    const fields = await fieldsOf(integrationId);
    const cases: [Parameters<typeof edited>[1], string, RegExp][] = [
      [{ tenant: null }, "fields", /Token URL, so the field cannot be removed/],
      [{ tenant: { key: "customer" } }, "fields.0.key", /cannot be renamed\. Change the Token URL first/],
      [{ tenant: { type: "secret" } }, "fields.0.type", /Token URL/],
      [{ tenant: { type: "int" } }, "fields.0.type", /are no int/],
      [{ extra: { key: "renamed" } }, "fields.1.key", /Token parameters/],
    ];
    for (const [changes, path, message] of cases) {
      const error = await refused(integrationId, () =>
        updateConfigSchema(ctx(), { integrationId, version: 1, fields: edited(fields, changes) }),
      );
      expect(error).toMatchObject({ code: "validation_failed", errors: [{ path }] });
      expect(error.message).toMatch(message);
    }
    await updateConfigSchema(ctx(), {
      integrationId,
      version: 1,
      fields: edited(fields, { extra: { type: "int" } }),
    });
    expect(await valuesOf(integrationId, "extra")).toMatchObject([{ value: 1 }]);
  });

  it("refuses bad fields, an old version and anybody but a platform admin; nothing changes", async () => {
    const { integrationId, fields } = await seedScene();
    const save = (changes: Record<string, unknown>, actor = admin) =>
      refused(integrationId, () =>
        updateConfigSchema(ctx(actor), { integrationId, version: 1, fields: edited(fields), ...changes }),
      );
    const twice = await save({ fields: [...edited(fields), { key: "note", type: "int" }] });
    expect(twice).toMatchObject({ code: "validation_failed", errors: [{ path: "fields.3.key" }] });
    const unknown = await save({ fields: [{ id: uuidv7(), key: "x", type: "int" }] });
    expect(unknown).toMatchObject({ code: "validation_failed", errors: [{ path: "fields.0.id" }] });
    for (const field of [
      { key: "Bad" },
      { type: "float" },
      { required: "yes" },
      { description: "x".repeat(501) },
    ]) {
      expect((await save({ fields: [{ key: "a", type: "int", ...field }] })).code).toBe("validation_failed");
    }
    const many = Array.from({ length: 101 }, (_, at) => ({ key: `k${at}`, type: "int" }));
    expect((await save({ fields: many })).code).toBe("validation_failed");
    expect((await save({ version: 7 })).code).toBe("conflict");
    for (const role of ["technician", "viewer"] as const) {
      expect((await save({}, await seedUser(db, role))).code).toBe("permission_denied");
    }
    const foreign = await seedUser(db, "organization_admin", (await seedOrganization(db)).id);
    expect((await save({}, foreign)).code).toBe("permission_denied");
    const gone = await errorOf(
      updateConfigSchema(ctx(), { integrationId: uuidv7(), version: 1, fields: [] }),
    );
    expect(gone.code).toBe("integration_not_found");
  });

  it("lets one of two admins saving at once win", async () => {
    const { integrationId, fields } = await seedScene();
    const outcomes = await Promise.allSettled(
      ["one", "two", "three"].map((description) =>
        updateConfigSchema(ctx(), {
          integrationId,
          version: 1,
          fields: edited(fields, { note: { description } }),
        }),
      ),
    );
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });

  it("never meets a value of the old type that was written meanwhile", async () => {
    const { integrationId, fields } = await seedScene();
    const organizations = await Promise.all(Array.from({ length: 12 }, () => seedOrganization(db)));
    await Promise.allSettled([
      ...organizations.map(({ id: organizationId }, at) =>
        upsertMapping(ctx(), { integrationId, organizationId, config: { note: `text ${at}` } }),
      ),
      updateConfigSchema(ctx(), {
        integrationId,
        version: 1,
        fields: edited(fields, { note: { type: "secret" } }),
      }),
      ...organizations.map(({ id: organizationId }, at) =>
        upsertMapping(ctx(), { integrationId, organizationId, config: { note: `later ${at}` } }),
      ),
    ]);
    expect((await fieldsOf(integrationId)).find(({ key }) => key === "note")?.type).toBe("secret");
    expect(
      await db.prisma.configValue.count({ where: { field: { integrationId, key: "note" }, sealed: null } }),
    ).toBe(0);
  });
});

describe("defaults", () => {
  async function seedTyped() {
    const { id: integrationId } = await seedIntegration(db, {
      name: uniqueName(),
      defaultEntityId: "common",
      oauth: {},
    });
    for (const [position, [key, type]] of (
      [
        ["region", "string"],
        ["timeout", "int"],
        ["verbose", "bool"],
        ["options", "json"],
        ["api_key", "secret"],
      ] as const
    ).entries()) {
      await db.prisma.configField.create({ data: { integrationId, key, type, position } });
    }
    return integrationId;
  }
  const current = async (integrationId: string) =>
    Object.fromEntries(
      (
        await db.prisma.configValue.findMany({
          where: { integrationId, mappingId: null },
          include: { field: true },
        })
      ).map(({ field, value, sealed }) => [field.key, sealed === null ? value : "sealed"]),
    );

  it("take each field's type; what is not named stays, null clears, a blank secret stays", async () => {
    const integrationId = await seedTyped();
    const values = { region: "eu", timeout: 30, verbose: false, options: { a: [1] }, api_key: "canary-d" };
    expect(await setDefaults(ctx(), { integrationId, version: 1, values })).toEqual({
      version: 2,
      notice: null,
    });
    expect(await current(integrationId)).toEqual({ ...values, api_key: "sealed" });
    await setDefaults(ctx(), {
      integrationId,
      version: 2,
      values: { timeout: null, api_key: "", region: "us" },
    });
    expect(await current(integrationId)).toEqual({
      region: "us",
      verbose: false,
      options: { a: [1] },
      api_key: "sealed",
    });
    expect(await valuesOf(integrationId, "api_key")).toMatchObject([{ secret: "canary-d" }]);
    await setDefaults(ctx(), { integrationId, version: 3, values: { api_key: null } });
    expect(await current(integrationId)).not.toHaveProperty("api_key");
    const entries = await db.prisma.auditEvent.findMany({
      where: { targetId: integrationId },
      orderBy: { id: "asc" },
    });
    expect(entries.map(({ after }) => after)).toMatchObject([
      { timeout: 30, api_key: "set" },
      { timeout: null, region: "us" },
      { api_key: "cleared" },
    ]);
    expect(JSON.stringify(entries)).not.toContain("canary");
  });

  it.each<[string, unknown]>([
    ["timeout", "30"],
    ["timeout", 2 ** 60],
    ["verbose", "true"],
    ["region", 1],
    ["region", "a\u0000"],
    ["api_key", {}],
    ["nope", 1],
    ["__proto__", JSON.parse('{"x":1}')],
  ])("refuse %s: %j, naming it; nothing changes", async (key, value) => {
    const integrationId = await seedTyped();
    const values = Object.fromEntries([
      ["region", "kept?"],
      [key, value],
    ]);
    const error = await refused(integrationId, () =>
      setDefaults(ctx(), { integrationId, version: 1, values }),
    );
    expect(error).toMatchObject({ code: "validation_failed", errors: [{ path: `values.${key}` }] });
  });

  it("are a platform admin's to set, from what is stored now", async () => {
    const integrationId = await seedTyped();
    const save = (actor: UserActor, version = 1) =>
      refused(integrationId, () =>
        setDefaults(ctx(actor), { integrationId, version, values: { timeout: 1 } }),
      );
    expect((await save(await seedUser(db, "technician"))).code).toBe("permission_denied");
    expect((await save(admin, 9)).code).toBe("conflict");
  });

  it("that lead the URLs to another origin say that a private key went with them", async () => {
    const integrationId = await seedTyped();
    await db.prisma.oAuthClient.update({
      where: { integrationId },
      data: { tokenUrl: "https://{region}.example.com/token", clientSecret: null, privateKey: "sealed" },
    });
    const { notice } = await setDefaults(ctx(), { integrationId, version: 1, values: { region: "us" } });
    expect(notice).toContain("The private key was cleared");
    expect(notice).not.toContain("client secret");
  });

  it("that lead the URLs to another origin clear the client secret and ask for a new consent", async () => {
    const integrationId = await seedTyped();
    await db.prisma.oAuthClient.update({
      where: { integrationId },
      data: { tokenUrl: "https://{region}.example.com/token" },
    });
    const connection = await seedConnection(db, integrationId, {});
    await setDefaults(ctx(), { integrationId, version: 1, values: { timeout: 5 } });
    expect(await db.prisma.oAuthClient.findUnique({ where: { integrationId } })).toMatchObject({
      clientSecret: expect.any(String),
    });
    const { notice } = await setDefaults(ctx(), { integrationId, version: 2, values: { region: "us" } });
    expect(notice).toMatch(/https:\/\/us\.example\.com.*cleared/);
    expect(await db.prisma.oAuthClient.findUnique({ where: { integrationId } })).toMatchObject({
      clientSecret: null,
    });
    expect(await db.prisma.connection.findUnique({ where: { id: connection.id } })).toMatchObject({
      status: "reconnect_required",
      errorCode: "origin_changed",
    });
    const bad = await refused(integrationId, () =>
      setDefaults(ctx(), { integrationId, version: 3, values: { region: "evil.com/" } }),
    );
    expect(bad.errors).toMatchObject([{ path: "values.region" }]);
  });
});
