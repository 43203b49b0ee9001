import { describe, expect, it, vi } from "vitest";
import { setDefaults } from "@/lib/config/set-defaults";
import { updateIntegration } from "@/lib/integrations/update-integration";
import { setOrganizationPolicy } from "@/lib/integrations/set-organization-policy";
import { upsertMapping } from "@/lib/mappings/upsert-mapping";
import { readFreshIntegration } from "@/lib/refresh/read-fresh-integration";
import { refreshConnection } from "@/lib/refresh/refresh-connection";
import { commitOnceWaitedFor } from "@/test/commit-once-waited-for";
import { connectIntegration } from "@/test/connected-integration";
import { seedOrganization, testContext } from "@/test/context";
import { seedConnection, seedMapping, seedValue } from "@/test/integrations";
import { admin, db, service, useServiceBed } from "@/test/service-bed";
import { startConnect } from "./start-connect";

useServiceBed();

const ctx = () => testContext(db, admin);
const MOVED = { status: "reconnect_required", errorCode: "token_url_changed", dueAt: null };
const KEPT = { status: "active", errorCode: null };
const FORGET = `UPDATE "Connection" SET "accessToken" = NULL, "refreshToken" = NULL, "extra" = NULL, "dueAt" = NULL,`;

/** Connected at `{region}/{entity_id}`, where `eu` and `common` are the defaults. */
async function scene(oauth: Record<string, unknown> = {}) {
  for (const name of ["common", "contoso", "fabrikam"])
    for (const region of ["eu", "us"])
      service.always(`/${region}/${name}/token`, {
        body: { access_token: `${region}-${name}`, refresh_token: "rt", expires_in: 3_600 },
      });
  const urls = { tokenUrl: service.url("/{region}/{entity_id}/token"), ...oauth };
  const world = await connectIntegration(
    db,
    admin,
    service,
    { ...urls, tokenUrl: service.url("/eu/common/token") },
    { defaultEntityId: "common" },
  );
  const { integrationId } = world;
  await seedValue(db, integrationId, { key: "region", value: "eu" });
  await db.prisma.oAuthClient.update({ where: { integrationId }, data: { tokenUrl: urls.tokenUrl } });
  const map = async (entityId?: string, region?: string) => {
    const { id: organizationId } = await seedOrganization(db);
    const { id: mappingId } = await seedMapping(db, integrationId, organizationId, { entityId });
    if (region) await addOverride(integrationId, mappingId, region);
    return { organizationId, mappingId };
  };
  const own = async (entityId?: string, region?: string) => {
    const { mappingId } = await map(entityId, region);
    return (await seedConnection(db, integrationId, { mappingId, entityId })).id;
  };
  const read = (id: string) => db.prisma.connection.findUniqueOrThrow({ where: { id } });
  const save = async (changes: Record<string, unknown>, client: Record<string, unknown> = {}) => {
    const { version } = await db.prisma.integration.findUniqueOrThrow({ where: { id: integrationId } });
    return updateIntegration(ctx(), {
      id: integrationId,
      version,
      name: world.name,
      defaultEntityId: "common",
      ...changes,
      oauth: {
        flowType: "authorization_code",
        clientId: "client-1",
        authorizationUrl: service.url("/authorize"),
        revocationUrl: service.url("/revoke"),
        scopes: "a",
        pkce: true,
        ...urls,
        ...client,
      },
    });
  };
  return { ...world, map, own, read, save };
}

async function addOverride(integrationId: string, mappingId: string, value: string) {
  const field = await db.prisma.configField.findFirstOrThrow({ where: { integrationId, key: "region" } });
  await db.prisma.configValue.create({ data: { integrationId, fieldId: field.id, mappingId, value } });
}

describe("a default in the token URL that changes", () => {
  it("asks for a new consent where it is the entity ID, of whoever has none of their own", async () => {
    const { connectionId, own, read, save } = await scene();
    const [heir, contoso] = [await own(), await own("contoso")];
    const { notice } = await save({ defaultEntityId: "fabrikam" });
    expect(notice).toMatch(/2 connections/);
    for (const id of [connectionId, heir]) expect(await read(id)).toMatchObject(MOVED);
    expect((await read(heir)).errorMessage).toContain("/eu/fabrikam/token");
    expect(await read(contoso)).toMatchObject(KEPT);
  });

  it("asks for it where it is a config field's, and takes what was consented to there before along", async () => {
    const { integrationId, connectionId, own, read, save } = await scene();
    const [heir, other] = [await own("contoso"), await own("contoso", "us")];
    await startConnect(ctx(), { integrationId });
    const { version } = await db.prisma.integration.findUniqueOrThrow({ where: { id: integrationId } });
    const { notice } = await setDefaults(ctx(), { integrationId, version, values: { region: "us" } });
    expect(notice).toMatch(/2 connections/);
    for (const id of [connectionId, heir]) expect(await read(id)).toMatchObject(MOVED);
    expect(await read(other)).toMatchObject(KEPT);
    expect(await db.prisma.handshake.count({ where: { integrationId } })).toBe(0);
    // The form of the integration sets text defaults as well.
    const { notice: again } = await save({ config: { region: "eu" } });
    expect(again).toMatch(/2 connections/);
  });

  it.each([
    ["another entity's place", { defaultEntityId: "fabrikam" }, "token_url_changed"],
    ["another origin", { testUrl: "https://elsewhere.example.com/" }, "origin_changed"],
  ])("to %s stays the reason when a refresh from before ends", async (_, changes, errorCode) => {
    const { connectionId, read, save } = await scene();
    const before = await read(connectionId);
    const answer = Promise.withResolvers<void>();
    service.always("/eu/common/token", { body: { access_token: "late" }, until: answer.promise });
    const asked = service.requests.length;
    const pending = refreshConnection(ctx(), { connectionId, reason: "sdk", waitMs: 30_000 });
    await vi.waitFor(() => expect(service.requests).toHaveLength(asked + 1), 20_000);
    await save(changes);
    answer.resolve();
    expect(await pending).toMatchObject({ ok: false });
    const { status, accessToken } = before;
    expect(status).toBe("active");
    expect(await read(connectionId)).toMatchObject({ status: "reconnect_required", errorCode, accessToken });
  });

  it("brings another token of the default entity by client credentials, without a person", async () => {
    const { integrationId, connectionId, name, read, save } = await scene({
      flowType: "client_credentials",
      authorizationUrl: "",
    });
    await startConnect(ctx(), { integrationId });
    expect(await read(connectionId)).toMatchObject({ ...KEPT, entityId: "common" });
    await expect(save({ defaultEntityId: "fabrikam" })).resolves.toMatchObject({ notice: null });
    expect(await read(connectionId)).toMatchObject({
      ...KEPT,
      accessToken: null,
      entityId: "fabrikam",
      templateValues: { entity_id: "fabrikam", region: "eu" },
    });
    const data = await readFreshIntegration(testContext(db), { name, scope: "global" });
    expect(data?.oauth).toMatchObject({ accessToken: "eu-fabrikam", entityId: "fabrikam" });
  });

  it("brings another derived token of whoever derives it there", async () => {
    const { integrationId, connectionId, name, map, save } = await scene({ refreshTokensReusable: true });
    const { version } = await db.prisma.integration.findUniqueOrThrow({ where: { id: integrationId } });
    await db.prisma.oAuthClient.update({ where: { integrationId }, data: { refreshTokensReusable: true } });
    await setOrganizationPolicy(ctx(), { integrationId, version, organizationPolicy: "derived" });
    const { organizationId, mappingId } = await map("contoso");
    const read = () => readFreshIntegration(testContext(db), { name, scope: organizationId });
    expect((await read())?.oauth).toMatchObject({ accessToken: "eu-contoso", source: "derived" });
    await save({ config: { region: "us" }, organizationPolicy: "derived" });
    const row = await db.prisma.connection.findUniqueOrThrow({ where: { mappingId } });
    expect(row).toMatchObject({ status: "not_connected", accessToken: null });
    await db.prisma.connection.update({
      where: { id: connectionId },
      data: { status: "active", errorCode: null },
    });
    expect((await read())?.oauth).toMatchObject({ accessToken: "us-contoso", source: "derived" });
  });
});

describe("a token URL that is edited", () => {
  it("asks for a new consent where it leads by other values to another place", async () => {
    const { connectionId, own, read, save } = await scene();
    const contoso = await own("contoso");
    await save({}, { tokenUrl: service.url("/eu/common/token") });
    expect(await read(contoso)).toMatchObject(MOVED);
    expect(await read(connectionId)).toMatchObject(KEPT);
  });

  it("keeps every connection where only its own text is another", async () => {
    const { connectionId, own, read, save } = await scene();
    const contoso = await own("contoso");
    await save({}, { tokenUrl: service.url("/v2/{region}/{entity_id}/token") });
    for (const id of [connectionId, contoso]) expect(await read(id)).toMatchObject(KEPT);
  });

  it("leaves a connection alone whose URLs lead to a new origin already: that is why its tokens go nowhere", async () => {
    const { integrationId, map, read, save } = await scene();
    const { organizationId, mappingId } = await map();
    const { id } = await seedConnection(db, integrationId, { mappingId });
    await save({ testUrl: "https://elsewhere.example.com/" });
    await save({ testUrl: "https://elsewhere.example.com/", defaultEntityId: "fabrikam" });
    expect(await read(id)).toMatchObject({ errorCode: "origin_changed" });
    await upsertMapping(ctx(), { integrationId, organizationId, entityId: "contoso" });
    expect(await read(id)).toMatchObject({ errorCode: "origin_changed" });
  });
});

describe("a value that stands in the extra parameters alone", () => {
  const inParams = (name: string) => ({ tokenUrl: service.url("/token"), [name]: "tenant={entity_id}" });
  /** The token says whose it is, as the service was asked. */
  function answerByTenant() {
    service.always("/token", ({ params }) => ({
      body: { access_token: params["tenant"] ?? "nobody's", refresh_token: "rt", expires_in: 3_600 },
    }));
  }
  async function sceneOf(name: "tokenParams" | "authorizationParams", oauth: Record<string, unknown> = {}) {
    answerByTenant();
    const world = await scene({ ...inParams(name), ...oauth });
    await world.save({});
    await db.prisma.connection.deleteMany({ where: { integrationId: world.integrationId } });
    const connect = (organizationId?: string) =>
      startConnect(ctx(), { integrationId: world.integrationId, organizationId });
    return { ...world, connect };
  }

  it.each(["tokenParams", "authorizationParams"] as const)(
    "asks for a new consent where the default changes in %s, of whoever has none of their own",
    async (name) => {
      const { integrationId, own, read, save } = await sceneOf(name);
      const byDefault = (await seedConnection(db, integrationId, { entityId: "common" })).id;
      const [heir, contoso] = [await own(), await own("contoso")];
      const { notice } = await save({ defaultEntityId: "fabrikam" });
      expect(notice).toMatch(/2 connections/);
      for (const id of [byDefault, heir]) expect(await read(id)).toMatchObject(MOVED);
      expect((await read(heir)).errorMessage).not.toContain("Token URL");
      expect(await read(contoso)).toMatchObject(KEPT);
    },
  );

  it.each(["tokenParams", "authorizationParams"] as const)(
    "asks an organization whose entity changes in %s, and forgets what it was about to consent to",
    async (name) => {
      const { integrationId, map, read, connect } = await sceneOf(name);
      const { organizationId, mappingId } = await map("contoso");
      const { id } = await seedConnection(db, integrationId, { mappingId, entityId: "contoso" });
      await connect(organizationId);
      await upsertMapping(ctx(), { integrationId, organizationId, entityName: "Contoso" });
      expect(await read(id)).toMatchObject(KEPT);
      expect(await db.prisma.handshake.count({ where: { mappingId } })).toBe(1);
      await upsertMapping(ctx(), { integrationId, organizationId, entityId: "fabrikam" });
      expect(await read(id)).toMatchObject({ ...MOVED, entityId: "contoso" });
      expect(await db.prisma.handshake.count({ where: { mappingId } })).toBe(0);
    },
  );

  it("brings another token by client credentials, and never the default's meanwhile", async () => {
    const { integrationId, name, map, connect, read } = await sceneOf("tokenParams", {
      flowType: "client_credentials",
      authorizationUrl: "",
    });
    await connect();
    const { organizationId, mappingId } = await map("contoso");
    await connect(organizationId);
    const get = () => readFreshIntegration(testContext(db), { name, scope: organizationId });
    expect((await get())?.oauth).toMatchObject({ accessToken: "contoso", entityId: "contoso" });
    await db.prisma.connection.updateMany({ where: { mappingId }, data: { accountTenant: "contoso" } });
    await upsertMapping(ctx(), { integrationId, organizationId, entityId: "fabrikam" });
    const { id } = await db.prisma.connection.findFirstOrThrow({ where: { mappingId } });
    expect(await read(id)).toMatchObject({
      ...KEPT,
      accessToken: null,
      entityId: "fabrikam",
      accountTenant: null,
    });
    expect((await get())?.oauth).toMatchObject({
      accessToken: "fabrikam",
      entityId: "fabrikam",
      source: "organization",
    });
  });

  it.each([
    ["an organization's", "disconnected", "not_connected"],
    ["an organization's", "refused", "reconnect_required"],
    ["the default", "disconnected", "not_connected"],
    ["the default", "refused", "reconnect_required"],
  ])("brings none for %s connection that is %s in this moment", async (whose, _, status) => {
    const { integrationId, map, connect, read, save } = await sceneOf("tokenParams", {
      flowType: "client_credentials",
      authorizationUrl: "",
    });
    const { organizationId, mappingId } = await map("contoso");
    const isDefault = whose === "the default";
    await connect(isDefault ? undefined : organizationId);
    const where = { integrationId, mappingId: isDefault ? null : mappingId };
    const { id } = await db.prisma.connection.findFirstOrThrow({ where });
    await commitOnceWaitedFor(
      db,
      [
        `${FORGET} "errorCode" = 'invalid_grant', "status" = $2::"ConnectionStatus" WHERE "id" = $1`,
        [id, status],
      ],
      () =>
        isDefault
          ? save({ defaultEntityId: "fabrikam" })
          : upsertMapping(ctx(), { integrationId, organizationId, entityId: "fabrikam" }),
    );
    expect(await read(id)).toMatchObject({ status, dueAt: null, ...(status === MOVED.status ? MOVED : {}) });
  });

  it("asks for no consent anew of whoever is disconnected in this moment", async () => {
    const { connectionId, read, save } = await scene();
    await commitOnceWaitedFor(
      db,
      [`${FORGET} "status" = 'not_connected' WHERE "id" = $1`, [connectionId]],
      () => save({ defaultEntityId: "fabrikam" }),
    );
    expect(await read(connectionId)).toMatchObject({ status: "not_connected", errorCode: null });
  });

  it("keeps no token that was asked for before it changed", async () => {
    const { integrationId, map, connect, save } = await sceneOf("tokenParams", {
      flowType: "client_credentials",
      authorizationUrl: "",
    });
    await save({}, { tokenParams: "region={region}" });
    const { organizationId, mappingId } = await map("contoso");
    const answer = Promise.withResolvers<void>();
    service.always("/token", { body: { access_token: "late" }, until: answer.promise });
    const asked = service.requests.length;
    const pending = connect(organizationId).catch((error: unknown) => error);
    await vi.waitFor(() => expect(service.requests).toHaveLength(asked + 1), 20_000);
    await upsertMapping(ctx(), { integrationId, organizationId, config: { region: "us" } });
    answer.resolve();
    expect(await pending).toMatchObject({ code: "connection_changed" });
    expect(await db.prisma.connection.count({ where: { mappingId, status: "active" } })).toBe(0);
  });

  it("keeps every connection where only their own text is another", async () => {
    const { own, read, save } = await sceneOf("tokenParams");
    const contoso = await own("contoso");
    await save(
      {},
      { tokenParams: "tenant={entity_id}\nresource=graph", authorizationParams: "hint={region}" },
    );
    expect(await read(contoso)).toMatchObject(KEPT);
  });
});
