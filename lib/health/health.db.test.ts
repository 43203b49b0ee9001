import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { UserActor } from "@/lib/auth/actor";
import type { Prisma } from "@/lib/db/generated/client";
import type { ConnectionStatus } from "@/lib/db/generated/enums";
import { seedOrganization, seedUser, testContext } from "@/test/context";
import { openTestDatabase } from "@/test/database";
import { seedConnection, seedIntegration, seedMapping } from "@/test/integrations";
import { listForecast } from "./list-forecast";
import { listHealthPage } from "./list-health-page";
import { listTestTargets } from "./list-test-targets";
import type { HealthPage, HealthQuery } from "./schema";

let db: Awaited<ReturnType<typeof openTestDatabase>>;
let admin: UserActor;
let technician: UserActor;
let ofContoso: UserActor;
const organizations = new Map<string, string>();
const integrations = new Map<string, string>();

/** An organization's own connection, in this status. */
async function connect(integration: string, organization: string | null, status: ConnectionStatus) {
  const integrationId = integrations.get(integration) ?? "";
  const mappingId =
    organization === null
      ? undefined
      : (await seedMapping(db, integrationId, organizations.get(organization) ?? "", {})).id;
  const { id } = await seedConnection(db, integrationId, { status, ...(mappingId ? { mappingId } : {}) });
  if (status === "active") return id;
  await db.prisma.connection.update({ where: { id }, data: { errorCode: "server_error" } });
  return id;
}

beforeAll(async () => {
  db = await openTestDatabase();
  admin = await seedUser(db, "platform_admin");
  technician = await seedUser(db, "technician");
  for (const name of ["Contoso", "Fabrikam", "Northwind"]) {
    organizations.set(name, (await seedOrganization(db, name)).id);
  }
  ofContoso = await seedUser(db, "organization_admin", organizations.get("Contoso"));
  for (const name of ["Graph", "Halo", "Quiet"]) {
    integrations.set(name, (await seedIntegration(db, { name, oauth: {} })).id);
  }
  await connect("Graph", null, "active");
  await connect("Graph", "Contoso", "active");
  await connect("Graph", "Fabrikam", "reconnect_required");
  await connect("Halo", null, "degraded");
  await seedMapping(db, integrations.get("Halo") ?? "", organizations.get("Northwind") ?? "", {});
  await connect("Quiet", "Contoso", "active");
});
afterAll(() => db.close());

const list = (query: Partial<HealthQuery> = {}, who = admin) => listHealthPage(testContext(db, who), query);

/** The grid as text: each row's name, then the default's status and each column's. */
function drawn({ rows, columns }: HealthPage) {
  return Object.fromEntries(
    rows.map((row) => [
      row.integration.name,
      Object.fromEntries([
        ["default", row.default.status],
        ...columns.map(({ name }, at) => [name, row.cells[at]?.status ?? null]),
      ]) as Record<string, string | null>,
    ]),
  );
}

describe("the Health grid", () => {
  it("shows at first the rows and columns alone in which something needs attention", async () => {
    const page = await list();
    expect(drawn(page)).toEqual({
      Graph: { default: "active", Fabrikam: "reconnect_required" },
      Halo: { default: "degraded", Fabrikam: null },
    });
    expect(page).toMatchObject({ troubled: 2, rowTotal: 2, columnTotal: 1 });
    expect(page.rows[1]?.default.trouble).toMatchObject({ what: "The service has trouble of its own." });
  });

  it("shows everything when asked: own connections, the default's in their stead, and what is not mapped", async () => {
    const page = await list({ show: "all" });
    expect(drawn(page)["Halo"]).toMatchObject({ Contoso: null, Northwind: "degraded" });
    expect(drawn(page)["Quiet"]).toMatchObject({ default: "not_connected", Contoso: "active" });
    const northwind = page.columns.findIndex(({ name }) => name === "Northwind");
    const halo = page.rows.find(({ integration }) => integration.name === "Halo");
    expect(halo?.cells[northwind]).toMatchObject({ source: "default", trouble: null });
  });

  it("is filtered by an integration and an organization", async () => {
    const organization = organizations.get("Contoso");
    expect(drawn(await list({ organization, integration: integrations.get("Quiet") }))).toEqual({
      Quiet: { default: "not_connected", Contoso: "active" },
    });
    expect(drawn(await list({ organization }))).toEqual({ Halo: { default: "degraded", Contoso: null } });
  });

  it("is to a managed organization's people their own column", async () => {
    const page = await list({ show: "all" }, ofContoso);
    expect(page.columns.map(({ name }) => name)).toEqual(["Contoso"]);
    expect(page.troubled).toBe(0);
    expect(drawn(await list({ organization: organizations.get("Fabrikam") }, ofContoso))).toEqual({
      Halo: { default: "degraded", Contoso: null },
    });
  });

  it("is paged both ways, however much there is", async () => {
    const page = await list({ show: "all", page: 99, columns: 99 });
    expect(page).toMatchObject({ page: 1, columnPage: 1 });
    expect(page.rows.length).toBeLessThanOrEqual(20);
    expect(page.columns.length).toBeLessThanOrEqual(8);
  });
});

describe("a test of all in trouble", () => {
  it("goes through the connections in trouble that the reader may test, and no other", async () => {
    const { targets, next } = await listTestTargets(testContext(db, technician), {});
    expect(targets.map(({ label }) => label).toSorted()).toEqual([
      "Default connection, Halo",
      "Fabrikam, Graph",
    ]);
    expect(next).toBeNull();
    expect((await listTestTargets(testContext(db, ofContoso), {})).targets).toEqual([]);
    const filter = { integration: integrations.get("Halo") };
    expect((await listTestTargets(testContext(db, admin), filter)).targets).toHaveLength(1);
  });

  it("is counted under the same filters as it is made", async () => {
    const filters: Partial<HealthQuery>[] = [
      {},
      { integration: integrations.get("Graph") },
      { integration: integrations.get("Quiet") },
      { organization: organizations.get("Contoso") },
      { organization: organizations.get("Fabrikam") },
      { organization: organizations.get("Fabrikam"), integration: integrations.get("Graph") },
    ];
    const counts = [];
    for (const who of [admin, ofContoso]) {
      for (const filter of filters) {
        const { targets } = await listTestTargets(testContext(db, who), filter);
        const { troubled } = await list(filter, who);
        expect(troubled).toBe(targets.length);
        counts.push(troubled);
      }
    }
    // The default connection of Halo stands beside each organization's column.
    expect(counts).toEqual([2, 1, 0, 1, 2, 1, 0, 0, 0, 0, 0, 0]);
  });
});

describe("the forecast", () => {
  it("tells what ends within 30 days, the soonest first, with the button that prevents it", async () => {
    const inDays = (days: number) => new Date(Date.now() + days * 86_400_000);
    const graph = integrations.get("Graph") ?? "";
    const connection = await db.prisma.connection.findFirstOrThrow({
      where: { integrationId: graph, mapping: { organization: { name: "Contoso" } } },
    });
    await db.prisma.connection.update({
      where: { id: connection.id },
      data: { refreshTokenExpiresAt: inDays(10) },
    });
    await db.prisma.oAuthClient.update({
      where: { integrationId: graph },
      data: { clientSecretExpiresAt: inDays(3) },
    });
    await db.prisma.oAuthClient.update({
      where: { integrationId: integrations.get("Halo") ?? "" },
      data: { clientSecretExpiresAt: inDays(60) },
    });
    const { rows, hasMore } = await listForecast(testContext(db, admin));
    expect(hasMore).toBe(false);
    expect(rows).toMatchObject([
      { kind: "client_secret", integration: { name: "Graph" }, organization: null, act: "edit_secret" },
      { kind: "refresh_token", organization: { name: "Contoso" }, act: "reconnect" },
    ]);
    const own = await listForecast(testContext(db, ofContoso));
    expect(own.rows).toMatchObject([{ kind: "refresh_token", act: "reconnect" }]);
    const [secret] = (await listForecast(testContext(db, technician))).rows;
    expect(secret).toMatchObject({ kind: "client_secret", act: null });
  });

  it("tells when a service ends the consent, however often it is refreshed, where that comes first", async () => {
    const inDays = (days: number) => new Date(Date.now() + days * 86_400_000);
    const graph = integrations.get("Graph") ?? "";
    const { presetId } = await db.prisma.integration.findUniqueOrThrow({ where: { id: graph } });
    await db.prisma.integration.update({ where: { id: graph }, data: { presetId: "atlassian" } });
    const forecastWith = async (data: Prisma.ConnectionUpdateManyMutationInput) => {
      await db.prisma.connection.updateMany({
        where: { integrationId: graph, mapping: { organization: { name: "Contoso" } } },
        data,
      });
      const { rows } = await listForecast(testContext(db, ofContoso));
      return rows.map(({ kind, endsAt }) => [
        kind,
        Math.round((Date.parse(endsAt) - Date.now()) / 86_400_000),
      ]);
    };
    const renewed = { refreshTokenRenews: true, refreshTokenExpiresAt: inDays(20) };
    expect(await forecastWith({ ...renewed, connectedAt: inDays(5 - 365) })).toEqual([["consent", 5]]);
    expect(await forecastWith({ connectedAt: inDays(-100) })).toEqual([]);
    const both = { refreshTokenRenews: false, connectedAt: inDays(25 - 365) };
    expect(await forecastWith(both)).toEqual([["refresh_token", 20]]);
    await db.prisma.integration.update({ where: { id: graph }, data: { presetId } });
  });
});

describe("a deactivated organization", () => {
  const setActive = (isActive: boolean, name = "Fabrikam") =>
    db.prisma.organization.update({ where: { id: organizations.get(name) ?? "" }, data: { isActive } });

  it("needs no attention, is tested with no other, and has no column", async () => {
    await setActive(false);
    try {
      const page = await list();
      expect(drawn(page)).toEqual({ Halo: { default: "degraded" } });
      expect(page).toMatchObject({ troubled: 1, columnTotal: 0 });
      expect((await list({ organization: organizations.get("Fabrikam") })).columns).toEqual([]);
      const { targets } = await listTestTargets(testContext(db, technician), {});
      expect(targets.map(({ label }) => label)).toEqual(["Default connection, Halo"]);
    } finally {
      await setActive(true);
    }
    expect((await list()).troubled).toBe(2);
  });

  it("has no refresh token that ends", async () => {
    await db.prisma.connection.updateMany({
      where: { mapping: { organizationId: organizations.get("Contoso") ?? "" } },
      data: { refreshTokenExpiresAt: new Date(Date.now() + 86_400_000), refreshTokenRenews: false },
    });
    const named = async () =>
      (await listForecast(testContext(db, admin))).rows.map(({ organization }) => organization?.name);
    expect(await named()).toContain("Contoso");
    await setActive(false, "Contoso");
    expect(await named()).not.toContain("Contoso");
    await setActive(true, "Contoso");
  });
});
