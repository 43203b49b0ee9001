import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { UserActor } from "@/lib/auth/actor";
import type { Database } from "@/lib/db/client";
import { uuidv7 } from "@/lib/db/id";
import { AppError } from "@/lib/errors";
import { listIntegrations } from "@/lib/integrations/queries";
import { integrationListQuery } from "@/lib/integrations/schema";
import { seedOrganization, seedUser, testContext } from "@/test/context";
import { openTestDatabase } from "@/test/database";
import { seedConnection, seedIntegration, seedMapping, seedValue } from "@/test/integrations";
import { getEffectiveResult } from "./get-effective-result";
import { getMappingView } from "./get-mapping-view";
import { listMappingRows } from "./list-mapping-rows";
import { getMapping } from "./queries";
import type { MappingListQuery } from "./schema";

let db: Database;
let admin: UserActor;

beforeAll(async () => {
  db = await openTestDatabase();
  admin = await seedUser(db, "platform_admin");
});
afterAll(() => db.close());

const ctx = (actor: UserActor = admin) => testContext(db, actor);
const uniqueName = () => `Service_${uuidv7().slice(-12)}`;
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => "fulfilled",
    (error: unknown) => (error instanceof AppError ? error.code : String(error)),
  );

/** Contoso is mapped with a connection of its own that fails, Fabrikam mapped without one, Litware not mapped. */
async function seedScene() {
  const mark = uuidv7().slice(-8);
  const name = uniqueName();
  const { id: integrationId } = await seedIntegration(db, { name, defaultEntityId: "common", oauth: {} });
  await seedValue(db, integrationId, { key: "region", value: "eu" });
  await db.prisma.configField.create({
    data: { integrationId, key: "api_key", type: "secret", required: true, position: 1 },
  });
  const byDefault = await seedConnection(db, integrationId, {
    entityId: "common",
    accountLabel: "ada@provider.example",
  });
  const contoso = await seedOrganization(db, `Contoso ${mark}`);
  const fabrikam = await seedOrganization(db, `Fabrikam ${mark}`);
  const litware = await seedOrganization(db, `Litware ${mark}`);
  const mapping = await seedMapping(db, integrationId, contoso.id, {
    entityId: "tenant-c",
    entityName: "Contoso",
  });
  await seedMapping(db, integrationId, fabrikam.id, { entityId: "tenant-f" });
  await seedValue(db, integrationId, {
    key: "api_key",
    type: "secret",
    secret: "canary-x",
    mappingId: mapping.id,
  });
  await seedValue(db, integrationId, { key: "region", value: "us", mappingId: mapping.id });
  const own = await seedConnection(db, integrationId, {
    mappingId: mapping.id,
    status: "reconnect_required",
    entityId: "tenant-c",
    accountLabel: "bob@contoso.example",
  });
  const rows = async (query: Partial<MappingListQuery> = {}) => {
    const page = await listMappingRows(ctx(), integrationId, { q: mark, ...query });
    return page.rows.map(({ organization }) => organization.name.split(" ")[0]);
  };
  return { mark, name, integrationId, contoso, fabrikam, litware, mapping, byDefault, own, rows };
}

describe("the rows of the Mappings tab", () => {
  it("show every organization, mapped or not, with what serves it", async () => {
    const { mark, integrationId, mapping } = await seedScene();
    const { rows, total } = await listMappingRows(ctx(), integrationId, { q: mark });
    expect(total).toBe(3);
    expect(rows).toMatchObject([
      {
        mapping: { id: mapping.id, entityId: "tenant-c", overrides: 2, sharesEntityWith: [] },
        missing: [],
        connection: {
          source: "organization",
          status: "reconnect_required",
          account: "bob@contoso.example",
          isOtherEntity: false,
        },
      },
      {
        mapping: { entityId: "tenant-f", overrides: 0 },
        missing: ["api_key"],
        connection: { source: "default", status: "active", entityId: "common", isOtherEntity: true },
      },
      {
        mapping: null,
        missing: ["api_key"],
        connection: { source: "default", isOtherEntity: false },
        can: { connect: false },
      },
    ]);
    expect(JSON.stringify(rows)).not.toMatch(/canary|access-token/);
  });

  it("are searched by organization and entity, and filtered", async () => {
    const { rows, integrationId } = await seedScene();
    expect(await rows()).toEqual(["Contoso", "Fabrikam", "Litware"]);
    expect(await rows({ filter: "mapped" })).toEqual(["Contoso", "Fabrikam"]);
    expect(await rows({ filter: "unmapped" })).toEqual(["Litware"]);
    expect(await rows({ filter: "missing" })).toEqual(["Fabrikam"]);
    expect(await rows({ filter: "attention" })).toEqual(["Contoso"]);
    expect(await rows({ status: "active" })).toEqual(["Fabrikam"]);
    expect(await rows({ status: "reconnect_required" })).toEqual(["Contoso"]);
    const byEntity = await listMappingRows(ctx(), integrationId, { q: "TENANT-f" });
    expect(byEntity.total).toBe(1);
    expect((await listMappingRows(ctx(), integrationId, { q: "%" })).total).toBe(0);
    expect((await listMappingRows(ctx(), integrationId, { q: "_" })).total).toBe(0);
  });

  it("of organizations that are not mapped pass no filter for what only mapped ones show", async () => {
    const { rows, integrationId, byDefault } = await seedScene();
    for (const status of ["active", "degraded"] as const) {
      await db.prisma.connection.update({ where: { id: byDefault.id }, data: { status } });
      expect(await rows({ status })).toEqual(["Fabrikam"]);
      expect(await rows({ status: "not_connected" })).toEqual([]);
    }
    await db.prisma.integration.update({
      where: { id: integrationId },
      data: { organizationPolicy: "none" },
    });
    expect(await rows({ status: "not_connected" })).toEqual(["Fabrikam"]);
    expect(await rows({ status: "active" })).toEqual([]);
  });

  it("of a deactivated organization stay, with nothing to do there, and need no attention", async () => {
    const { mark, name, rows, integrationId, contoso, fabrikam } = await seedScene();
    const counted = async () => {
      const query = integrationListQuery.parse({ q: name });
      return (await listIntegrations(ctx(), query)).rows.map(({ needAttention }) => needAttention);
    };
    expect(await counted()).toEqual([1]);
    await db.prisma.organization.updateMany({
      where: { id: { in: [contoso.id, fabrikam.id] } },
      data: { isActive: false },
    });
    expect(await rows()).toEqual(["Contoso", "Fabrikam", "Litware"]);
    expect(await counted()).toEqual([0]);
    expect(await rows({ filter: "attention" })).toEqual([]);
    expect(await rows({ filter: "missing" })).toEqual([]);
    const page = await listMappingRows(ctx(), integrationId, { q: mark, filter: "mapped" });
    for (const { organization, can } of page.rows) {
      expect(organization.isActive).toBe(false);
      expect(can).toMatchObject({ write: false, remove: false, connect: false });
    }
  });

  it("are found by any run of letters, however short, in any script and case", async () => {
    const { integrationId } = await seedScene();
    const word = `Zürich İzmir ŒUVRE 東京 🙂 a%b_c\\d ${randomUUID().slice(0, 8)}`;
    const { id } = await seedOrganization(db, word);
    const letters = [...word];
    for (let length = 1; length <= letters.length; length++) {
      const start = (length * 7) % (letters.length - length + 1);
      const q = letters.slice(start, start + length).join("");
      if (q.trim() !== q) continue;
      const found = await db.prisma.$queryRaw<unknown[]>`SELECT FROM "Organization"
        WHERE "id" = ${id}::uuid AND search_grams("name") @> search_terms(${q})`;
      expect(found, q).toHaveLength(1);
      if (length < 6) continue;
      const { rows } = await listMappingRows(ctx(), integrationId, { q: q.toUpperCase() });
      expect(
        rows.map(({ organization }) => organization.id),
        q,
      ).toContain(id);
    }
  });

  it("follow the policy for organizations without a connection of their own", async () => {
    const { mark, integrationId, rows } = await seedScene();
    await db.prisma.integration.update({
      where: { id: integrationId },
      data: { organizationPolicy: "none" },
    });
    expect(await rows({ status: "active" })).toEqual([]);
    expect(await rows({ status: "not_connected" })).toEqual(["Fabrikam"]);
    const { rows: all } = await listMappingRows(ctx(), integrationId, { q: mark });
    expect(all[1]?.connection).toMatchObject({
      source: null,
      reason: expect.stringMatching(/lends it no other/),
    });
  });

  it("flag an entity ID that several organizations share", async () => {
    const { mark, integrationId, litware } = await seedScene();
    await seedMapping(db, integrationId, litware.id, { entityId: "tenant-f" });
    const { rows } = await listMappingRows(ctx(), integrationId, { q: mark });
    expect(rows.map(({ mapping }) => mapping?.sharesEntityWith)).toEqual([
      [],
      [`Litware ${mark}`],
      [`Fabrikam ${mark}`],
    ]);
  });

  it("flag it whatever its case, for as long as looking it up finds several", async () => {
    const { mark, name, integrationId, fabrikam, litware } = await seedScene();
    await seedMapping(db, integrationId, litware.id, { entityId: "TENANT-F" });
    const sharers = async () => {
      const { rows } = await listMappingRows(ctx(), integrationId, { q: mark });
      const views = [fabrikam.id, litware.id].map((id) => getMappingView(ctx(), integrationId, id));
      const [ofFabrikam, ofLitware] = await Promise.allSettled(views);
      const shown = [ofFabrikam, ofLitware].map((view) =>
        view?.status === "fulfilled" ? view.value.sharesEntityWith : null,
      );
      return { listed: rows.map(({ mapping }) => mapping?.sharesEntityWith), shown };
    };
    const lookUp = () => codeOf(getMapping(ctx(), { name, entityId: "Tenant-F" }));
    const [asFabrikam, asLitware] = [[`Fabrikam ${mark}`], [`Litware ${mark}`]];
    expect(await sharers()).toEqual({
      listed: [[], asLitware, asFabrikam],
      shown: [asLitware, asFabrikam],
    });
    expect(await lookUp()).toBe("ambiguous_mapping");
    await expect(getMapping(ctx(), { name, entityId: "tenant-f", scope: litware.id })).resolves.toMatchObject(
      { entityId: "TENANT-F" },
    );

    await db.prisma.organization.update({ where: { id: litware.id }, data: { isActive: false } });
    expect(await sharers()).toEqual({ listed: [[], [], []], shown: [[], null] });
    expect(await lookUp()).toBe("fulfilled");
  });

  it("give a managed organization its own row alone, and take made-up input for the defaults", async () => {
    const { integrationId, fabrikam, mark } = await seedScene();
    const person = await seedUser(db, "organization_admin", fabrikam.id);
    const page = await listMappingRows(ctx(person), integrationId, { page: 9_999 });
    expect(page.rows.map(({ organization }) => organization.name)).toEqual([`Fabrikam ${mark}`]);
    expect(page.rows[0]?.can).toEqual({ write: true, steer: false, remove: false, connect: true });
    const odd = { page: -1, filter: "x", status: "y", q: "a".repeat(500) } as unknown as MappingListQuery;
    expect((await listMappingRows(ctx(person), integrationId, odd)).page).toBe(1);
    expect(await codeOf(listMappingRows(ctx(), uuidv7(), {}))).toBe("integration_not_found");
    const foreign = await seedIntegration(db, {
      name: uniqueName(),
      organizationId: (await seedOrganization(db)).id,
    });
    expect(await codeOf(listMappingRows(ctx(person), foreign.id, {}))).toBe("integration_not_found");
  });

  it("of an integration that an organization owns are its owner's alone", async () => {
    const owner = await seedOrganization(db);
    const { id } = await seedIntegration(db, { name: uniqueName(), organizationId: owner.id, oauth: {} });
    const page = await listMappingRows(ctx(), id, {});
    expect(page.rows.map(({ organization }) => organization.id)).toEqual([owner.id]);
    expect(page.rows[0]?.connection).toMatchObject({ source: "default" });
  });

  it("come fast where there are ten thousand organizations", async () => {
    const { id: integrationId } = await seedIntegration(db, { name: uniqueName(), oauth: {} });
    await db.prisma.configField.create({
      data: { integrationId, key: "api_key", type: "secret", required: true, position: 0 },
    });
    await db.prisma.$executeRaw`
      INSERT INTO "Organization" ("id", "name", "updatedAt")
      SELECT gen_random_uuid(), 'Many ' || n, now() FROM generate_series(1, 10000) n`;
    await db.prisma.$executeRaw`
      INSERT INTO "Mapping" ("id", "integrationId", "organizationId", "entityId", "updatedAt")
      SELECT gen_random_uuid(), ${integrationId}::uuid, "id", 'e-' || "name", now() FROM "Organization" WHERE "name" LIKE 'Many %5%'`;
    await db.prisma.$executeRaw`ANALYZE`;
    const queries: Partial<MappingListQuery>[] = [
      {},
      { page: 150 },
      { q: "many 77" },
      { filter: "missing" },
      { filter: "unmapped" },
      { filter: "mapped", page: 3 },
      { status: "not_connected" },
      { status: "not_connected", page: 100 },
    ];
    const timed = async (query: Partial<MappingListQuery>) => {
      const startedAt = performance.now();
      const page = await listMappingRows(ctx(), integrationId, query);
      expect(page.rows.length, JSON.stringify(query)).toBeGreaterThan(0);
      return performance.now() - startedAt;
    };
    for (const query of queries) {
      const took = [await timed(query), await timed(query), await timed(query)];
      // Generous, and the best of three: the machine may be busy. A plan that looks at every pair takes seconds.
      expect(Math.min(...took), JSON.stringify(query)).toBeLessThan(1_000);
    }
  });
});

describe("the effective result", () => {
  it("is what get would answer, each value with its source, no secret in it", async () => {
    const { integrationId, contoso, own, mapping } = await seedScene();
    const result = await getEffectiveResult(ctx(), integrationId, contoso.id);
    expect(result).toMatchObject({
      mappingId: mapping.id,
      entityId: "tenant-c",
      entityIdSource: "organization",
      entityName: "Contoso",
      missing: [],
      values: [
        {
          key: "region",
          source: "organization",
          value: "us",
          default: "eu",
          hasDefault: true,
          hasOverride: true,
          steers: null,
        },
        {
          key: "api_key",
          type: "secret",
          source: "organization",
          hasDefault: false,
          hasOverride: true,
          setAt: expect.any(String),
        },
      ],
      oauth: {
        source: "organization",
        connectionId: own.id,
        status: "reconnect_required",
        hasAccessToken: true,
        tokenUrl: "https://login.example.com/tenant-c/token",
      },
      shadowedBy: null,
    });
    expect(result.values[1]).not.toHaveProperty("value");
    expect(JSON.stringify(result)).not.toMatch(/canary|access-token|client-secret|v1\./);
  });

  it("says that the default connection is another entity's", async () => {
    const { integrationId, fabrikam, byDefault } = await seedScene();
    const result = await getEffectiveResult(ctx(), integrationId, fabrikam.id);
    expect(result).toMatchObject({
      entityId: "tenant-f",
      missing: ["api_key"],
      values: [{ source: "default", value: "eu", hasOverride: false }, { source: null }],
      oauth: { source: "default", connectionId: byDefault.id, entityId: "common", isOtherEntity: true },
    });
    expect(result.oauth?.tokenUrl).toBe("https://login.example.com/common/token");
  });

  it("of nobody is the defaults alone, and the provider's to see", async () => {
    const { integrationId, contoso } = await seedScene();
    const result = await getEffectiveResult(ctx(), integrationId, null);
    expect(result).toMatchObject({
      organization: null,
      entityId: "common",
      entityIdSource: "default",
      mappingId: null,
    });
    const person = await seedUser(db, "organization_admin", contoso.id);
    expect(await codeOf(getEffectiveResult(ctx(person), integrationId, null))).toBe("integration_not_found");
    expect(await codeOf(getEffectiveResult(ctx(person), integrationId, contoso.id))).toBe("fulfilled");
    expect(await codeOf(getEffectiveResult(ctx(person), integrationId, uuidv7()))).toBe("scope_forbidden");
    expect(await codeOf(getEffectiveResult(ctx(), integrationId, uuidv7()))).toBe("organization_not_found");
    expect(await codeOf(getEffectiveResult(ctx(), uuidv7(), contoso.id))).toBe("integration_not_found");
  });

  it("names the organization's own integration where that answers instead", async () => {
    const { integrationId, contoso, fabrikam, name } = await seedScene();
    const own = await seedIntegration(db, { name, organizationId: contoso.id });
    expect((await getEffectiveResult(ctx(), integrationId, contoso.id)).shadowedBy).toEqual({ id: own.id });
    expect((await getEffectiveResult(ctx(), own.id, contoso.id)).shadowedBy).toBeNull();
    expect(await codeOf(getEffectiveResult(ctx(), own.id, fabrikam.id))).toBe("integration_not_found");
  });
});
