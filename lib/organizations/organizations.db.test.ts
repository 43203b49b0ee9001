import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createApiKey } from "@/lib/api-keys/create-api-key";
import { findSessionActor } from "@/lib/auth/sessions";
import { getIntegrationData } from "@/lib/integrations/get-integration-data";
import { seedOrganization, seedProvider, seedUser, testContext } from "@/test/context";
import { openTestDatabase } from "@/test/database";
import { seedIntegration, seedMapping } from "@/test/integrations";
import { createOrganization } from "./create-organization";
import { deactivateOrganization } from "./deactivate-organization";
import { listOrganizationRows, searchOrganizations } from "./queries";
import { reactivateOrganization } from "./reactivate-organization";
import { renameOrganization } from "./rename-organization";
import { organizationListQuery } from "./schema";

let db: Awaited<ReturnType<typeof openTestDatabase>>;
let providerId: string;
const query = (change: object = {}) => organizationListQuery.parse(change);

beforeAll(async () => {
  db = await openTestDatabase();
  providerId = (await seedProvider(db)).id;
});
afterAll(() => db.close());

describe("renaming an organization", () => {
  it("renames the provider too, with one audit entry, and none where nothing changes", async () => {
    const ctx = testContext(db);
    await renameOrganization(ctx, { id: providerId, name: " Northwind MSP " });
    await renameOrganization(ctx, { id: providerId, name: "Northwind MSP" });
    expect((await db.prisma.organization.findUniqueOrThrow({ where: { id: providerId } })).name).toBe(
      "Northwind MSP",
    );
    const entries = await db.prisma.auditEvent.findMany({ where: { action: "organization.rename" } });
    expect(entries).toMatchObject([{ before: { name: "Provider" }, after: { name: "Northwind MSP" } }]);
  });

  it("takes another case of its own name, and refuses another's whatever the case", async () => {
    const ctx = testContext(db);
    const { id } = await createOrganization(ctx, { name: "Fabrikam" });
    await createOrganization(ctx, { name: "Litware" });
    await renameOrganization(ctx, { id, name: "FABRIKAM" });
    await expect(renameOrganization(ctx, { id, name: "litware" })).rejects.toMatchObject({
      code: "conflict",
      errors: [{ path: "name" }],
    });
    await expect(renameOrganization(ctx, { id, name: " " })).rejects.toMatchObject({
      code: "validation_failed",
    });
  });
});

describe("deactivating an organization", () => {
  it("ends its users' sessions and its keys at once, hides it from scripts, and undoes all but the sessions", async () => {
    const organization = await seedOrganization(db);
    await seedIntegration(db, { name: "Shared" });
    const user = await seedUser(db, "organization_admin", organization.id);
    const other = await seedUser(db, "platform_admin");
    const ctx = testContext(db, other);
    await deactivateOrganization(ctx, organization);
    await deactivateOrganization(ctx, organization);
    const now = new Date();
    expect(await findSessionActor(db, user.sid, user.origin, now)).toBeNull();
    expect(await findSessionActor(db, other.sid, other.origin, now)).not.toBeNull();
    const read = () => getIntegrationData(testContext(db), { name: "Shared", scope: organization.id });
    await expect(read()).rejects.toMatchObject({ code: "organization_not_found" });
    await expect(
      createApiKey(ctx, { name: "x", organizationId: organization.id, permissions: ["integrations:read"] }),
    ).rejects.toMatchObject({ errors: [{ path: "organizationId" }] });

    await reactivateOrganization(ctx, organization);
    await reactivateOrganization(ctx, organization);
    expect(await read()).toMatchObject({ organizationId: organization.id });
    expect(await findSessionActor(db, user.sid, user.origin, now)).toBeNull();
    const entries = await db.prisma.auditEvent.findMany({
      where: { targetId: organization.id },
      orderBy: { id: "asc" },
    });
    expect(entries.map((entry) => [entry.action, entry.after])).toEqual([
      ["organization.deactivate", { isActive: false, endedSessions: 1 }],
      ["organization.reactivate", { isActive: true }],
    ]);
  });

  it("is refused for the provider, and says why", async () => {
    await expect(deactivateOrganization(testContext(db), { id: providerId })).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("nobody could sign in"),
    });
    expect((await db.prisma.organization.findUniqueOrThrow({ where: { id: providerId } })).isActive).toBe(
      true,
    );
  });
});

describe("the list of organizations", () => {
  it("searches, filters and counts in the database, words standing for themselves", async () => {
    const ctx = testContext(db);
    const percent = await createOrganization(ctx, { name: "100% Widgets" });
    const { id } = await seedIntegration(db, { name: "Counted" });
    await seedMapping(db, id, percent.id);
    await seedUser(db, "viewer", percent.id);
    await createApiKey(ctx, { name: "k", organizationId: percent.id, permissions: ["integrations:read"] });
    const page = await listOrganizationRows(ctx, query({ q: "0% w" }));
    expect(page).toMatchObject({
      total: 1,
      rows: [{ id: percent.id, mappings: 1, activeUsers: 1, activeKeys: 1, kind: "managed" }],
    });
    expect((await listOrganizationRows(ctx, query({ q: "_%_" }))).total).toBe(0);
    await deactivateOrganization(ctx, percent);
    expect((await listOrganizationRows(ctx, query({ status: "inactive" }))).rows).toMatchObject([
      { id: percent.id },
    ]);
  });

  it.each([{ q: "\0" }, { page: "-1" }, { page: "1e9" }, { status: "'" }])(
    "takes made-up state %j for none",
    async (state) => {
      expect(await listOrganizationRows(testContext(db), query(state))).toEqual(
        await listOrganizationRows(testContext(db), query()),
      );
    },
  );

  it("pages by name and stops at the last page", async () => {
    await db.prisma.organization.createMany({
      data: Array.from({ length: 120 }, (_, index) => ({ name: `Paged ${String(index).padStart(3, "0")}` })),
    });
    const ctx = testContext(db);
    const second = await listOrganizationRows(ctx, query({ q: "paged", page: "2" }));
    expect(second).toMatchObject({ total: 120, page: 2, pageCount: 3 });
    expect(second.rows.map(({ name }) => name).slice(0, 2)).toEqual(["Paged 050", "Paged 051"]);
    expect((await listOrganizationRows(ctx, query({ q: "paged", page: "99" }))).page).toBe(3);
  });

  it("leaves the deactivated ones out of what is offered, before it is cut to length", async () => {
    await db.prisma.organization.createMany({
      data: Array.from({ length: 3 }, (_, index) => ({ name: `Offered ${index}`, isActive: index === 2 })),
    });
    const found = await searchOrganizations(testContext(db), "offered", 1, { onlyActive: true });
    expect(found.map(({ name }) => name)).toEqual(["Offered 2"]);
  });

  it("shows a managed organization's people their own alone", async () => {
    const own = await seedOrganization(db);
    const ctx = testContext(db, await seedUser(db, "viewer", own.id));
    expect((await listOrganizationRows(ctx, query())).rows.map(({ id }) => id)).toEqual([own.id]);
    expect((await searchOrganizations(ctx, "", 20)).map(({ id }) => id)).toEqual([own.id]);
  });
});
