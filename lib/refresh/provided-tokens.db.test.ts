import { beforeEach, describe, expect, it, vi } from "vitest";
import type { UserActor } from "@/lib/auth/actor";
import { disconnectConnection } from "@/lib/connections/disconnect-connection";
import { startConnect } from "@/lib/connections/start-connect";
import { createIntegration } from "@/lib/integrations/create-integration";
import { upsertMapping } from "@/lib/mappings/upsert-mapping";
import { seedOrganization, testContext } from "@/test/context";
import { seedValue } from "@/test/integrations";
import { admin, db, service, useServiceBed } from "@/test/service-bed";
import { provideTokens } from "./provide-tokens";
import { readFreshIntegration } from "./read-fresh-integration";
import { startSchedule } from "./refresh-due";
import { startProviding } from "./start-providing";

useServiceBed();
beforeEach(() => {
  for (const name of ["common", "contoso", "fabrikam"]) {
    let count = 0;
    service.always(`/${name}/token`, () => ({
      body: { access_token: `${name}-${(count += 1)}`, expires_in: 3_600 },
    }));
  }
});

const ctx = (actor?: UserActor) => testContext(db, actor);
const asked = (name: string) => service.requests.filter(({ path }) => path === `/${name}/token`);

/** Client credentials whose token URL is another one for each organization. */
async function daemon(changes: Record<string, unknown> = {}) {
  const { id: integrationId, name } = await createIntegration(ctx(admin), {
    name: `Service_${Math.random().toString(36).slice(2, 10)}`,
    defaultEntityId: "common",
    ...changes,
    oauth: {
      flowType: "client_credentials",
      clientId: "client-1",
      clientSecret: "canary-secret",
      tokenUrl: service.url("/{entity_id}/token"),
    },
  });
  const map = async (entityId: string | null) => {
    const { id: organizationId } = await seedOrganization(db);
    await upsertMapping(ctx(), { integrationId, organizationId, entityId });
    return organizationId;
  };
  const read = (scope: string) => readFreshIntegration(ctx(), { name, scope });
  return { integrationId, map, read };
}

describe("client credentials with a token URL of each organization's own", () => {
  it("give each mapped organization a token of its own at its first read, without anybody connecting", async () => {
    const { map, read } = await daemon();
    const [contoso, fabrikam] = [await map("contoso"), await map("fabrikam")];
    const reads = await Promise.all([read(contoso), read(contoso), read(fabrikam)]);
    expect(reads.map((data) => data?.oauth?.accessToken)).toEqual(["contoso-1", "contoso-1", "fabrikam-1"]);
    expect(reads[0]?.oauth).toMatchObject({
      source: "organization",
      entityId: "contoso",
      status: "active",
      error: null,
    });
    await read(contoso);
    expect([asked("contoso").length, asked("common").length]).toEqual([1, 0]);
  });

  it("are asked for by the worker where nobody reads", async () => {
    const { integrationId, map } = await daemon();
    const organizationId = await map("contoso");
    const providing = startProviding(ctx(), { everyMs: 20 });
    const schedule = startSchedule(ctx(), { idleMs: 20 });
    await vi.waitFor(async () => {
      const row = await db.prisma.connection.findFirst({
        where: { integrationId, mapping: { organizationId } },
      });
      expect(row).toMatchObject({ kind: "own", status: "active", tokenVersion: 1 });
    }, 20_000);
    await Promise.all([providing.stop(), schedule.stop()]);
    expect(asked("contoso")).toHaveLength(1);
  });

  it("never fall back to the default's: a mapping without an entity, and one that is refused, have none", async () => {
    const { integrationId, map, read } = await daemon();
    await startConnect(ctx(admin), { integrationId });
    const unnamed = await map(null);
    expect((await read(unnamed))?.oauth).toMatchObject({ accessToken: null, source: null });
    service.always("/contoso/token", { status: 503, body: { error: "temporarily_unavailable" } });
    expect((await read(await map("contoso")))?.oauth).toMatchObject({
      accessToken: null,
      source: "organization",
      status: "degraded",
      error: { code: "temporarily_unavailable" },
    });
    expect(asked("common")).toHaveLength(1);
  });

  it("follow the mapping to another entity", async () => {
    const { integrationId, map, read } = await daemon();
    const organizationId = await map("contoso");
    await read(organizationId);
    await upsertMapping(ctx(), { integrationId, organizationId, entityId: "fabrikam" });
    expect((await read(organizationId))?.oauth).toMatchObject({
      accessToken: "fabrikam-1",
      entityId: "fabrikam",
    });
  });

  it("follow it on an organization's own integration too, where only a person connects them", async () => {
    const { id: organizationId } = await seedOrganization(db);
    const { integrationId, read } = await daemon({ organizationId });
    await upsertMapping(ctx(), { integrationId, organizationId, entityId: "contoso" });
    for (const target of [{}, { organizationId }])
      await startConnect(ctx(admin), { integrationId, ...target });
    expect((await read(organizationId))?.oauth).toMatchObject({ accessToken: "contoso-1" });
    await upsertMapping(ctx(), { integrationId, organizationId, entityId: "fabrikam" });
    expect((await read(organizationId))?.oauth).toMatchObject({
      accessToken: "fabrikam-1",
      entityId: "fabrikam",
      source: "organization",
    });
  });

  it("follow it where a default stands in the Token URL, and only a person connects them", async () => {
    const { integrationId, map, read } = await daemon();
    await seedValue(db, integrationId, { key: "region", value: "eu" });
    await db.prisma.oAuthClient.update({
      where: { integrationId },
      data: { tokenUrl: service.url("/{region}/token"), tokenParams: { tenant: "{entity_id}" } },
    });
    service.always("/eu/token", ({ params }) => ({
      body: { access_token: params["tenant"] ?? "nobody's", expires_in: 3_600 },
    }));
    const organizationId = await map("contoso");
    await startConnect(ctx(admin), { integrationId, organizationId });
    await upsertMapping(ctx(), { integrationId, organizationId, entityId: "fabrikam" });
    expect((await read(organizationId))?.oauth).toMatchObject({
      accessToken: "fabrikam",
      entityId: "fabrikam",
      source: "organization",
    });
  });

  it("go with the entity, and come with another", async () => {
    const { integrationId, map, read } = await daemon();
    const organizationId = await map("contoso");
    await read(organizationId);
    await upsertMapping(ctx(), { integrationId, organizationId, entityId: null });
    expect((await read(organizationId))?.oauth).toMatchObject({ accessToken: null, source: null });
    await upsertMapping(ctx(), { integrationId, organizationId, entityId: "fabrikam" });
    expect((await read(organizationId))?.oauth).toMatchObject({ accessToken: "fabrikam-1" });
    expect(asked("common")).toHaveLength(0);
  });

  it("stay away once a person disconnected them, until a person connects them", async () => {
    const { integrationId, map, read } = await daemon();
    const organizationId = await map("contoso");
    await read(organizationId);
    await disconnectConnection(ctx(admin), { integrationId, organizationId });
    await provideTokens(ctx());
    expect((await read(organizationId))?.oauth).toMatchObject({ accessToken: null, connectionId: null });
    expect(asked("contoso")).toHaveLength(1);
    await startConnect(ctx(admin), { integrationId, organizationId });
    expect((await read(organizationId))?.oauth).toMatchObject({ accessToken: "contoso-2" });
  });
});
