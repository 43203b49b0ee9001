import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createApiKey } from "@/lib/api-keys/create-api-key";
import type { UserActor } from "@/lib/auth/actor";
import type { Database } from "@/lib/db/client";
import { uuidv7 } from "@/lib/db/id";
import { AppError } from "@/lib/errors";
import { seedOrganization, seedProvider, seedUser, testContext } from "@/test/context";
import { openTestDatabase } from "@/test/database";
import { getIntegrationData } from "@/lib/integrations/get-integration-data";
import { seedConnection, seedIntegration, seedMapping, seedValue } from "@/test/integrations";
import { getEffectiveResult } from "./get-effective-result";
import { getMappingView } from "./get-mapping-view";
import { listMappingRows } from "./list-mapping-rows";

let db: Database;
let admin: UserActor;

beforeAll(async () => {
  db = await openTestDatabase();
  admin = await seedUser(db, "platform_admin");
});
afterAll(() => db.close());

const ctx = (actor: UserActor = admin) => testContext(db, actor);
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => "fulfilled",
    (error: unknown) => (error instanceof AppError ? error.code : String(error)),
  );

/** Contoso is mapped with a connection of its own, Fabrikam by the same entity ID without one. */
async function seedScene() {
  const mark = uuidv7().slice(-8);
  const { id: integrationId } = await seedIntegration(db, {
    name: `Service_${mark}`,
    defaultEntityId: "common",
    oauth: {},
  });
  const contoso = await seedOrganization(db, `Contoso ${mark}`);
  const fabrikam = await seedOrganization(db, `Fabrikam ${mark}`);
  const mapping = await seedMapping(db, integrationId, contoso.id, { entityId: "tenant-c" });
  await seedMapping(db, integrationId, fabrikam.id, { entityId: "tenant-c" });
  await seedConnection(db, integrationId, {
    mappingId: mapping.id,
    accountLabel: "ada@contoso.example",
    accessToken: "canary-access",
    refreshToken: "canary-refresh",
  });
  return { integrationId, contoso, fabrikam: { ...fabrikam, name: `Fabrikam ${mark}` } };
}

describe("one organization's mapping, as its screen shows it", () => {
  it("tells the entity, who else has it, and the connection without a token", async () => {
    const { integrationId, contoso, fabrikam } = await seedScene();
    const view = await getMappingView(ctx(), integrationId, contoso.id);
    expect(view.mapping).toMatchObject({ entityId: "tenant-c", entityName: null });
    expect(view.defaultEntityId).toBe("common");
    expect(view.sharesEntityWith).toEqual([fabrikam.name]);
    expect(view.connection).toMatchObject({ status: "active", hasAccessToken: true });
    expect(view.can).toEqual({
      write: true,
      steer: true,
      remove: true,
      connect: true,
      refreshDerived: true,
      test: true,
    });
    expect(JSON.stringify(view)).not.toContain("canary-");
  });

  it("shows an organization that is not mapped yet, with nothing to connect", async () => {
    const { integrationId } = await seedScene();
    const litware = await seedOrganization(db, `Litware ${uuidv7().slice(-8)}`);
    const view = await getMappingView(ctx(), integrationId, litware.id);
    expect(view.mapping).toBeNull();
    expect(view.connection?.status).toBe("not_connected");
    expect(view.can).toMatchObject({ write: true, connect: false, test: false });
  });

  it("lets an organization's admin write and not steer, learn no other's name, and see no other's mapping", async () => {
    const { integrationId, contoso, fabrikam } = await seedScene();
    const boss = await seedUser(db, "organization_admin", contoso.id);
    const view = await getMappingView(ctx(boss), integrationId, contoso.id);
    expect(view.can).toMatchObject({ write: true, steer: false, remove: false });
    expect(view.sharesEntityWith).toEqual([]);
    expect(await codeOf(getMappingView(ctx(boss), integrationId, fabrikam.id))).toBe("scope_forbidden");
  });

  it("says when a consent is waited for, by this organization alone", async () => {
    const { integrationId, contoso, fabrikam } = await seedScene();
    const mapping = await db.prisma.mapping.findFirstOrThrow({
      where: { integrationId, organizationId: contoso.id },
    });
    const { slug } = await db.prisma.integration.findUniqueOrThrow({ where: { id: integrationId } });
    await db.prisma.handshake.create({
      data: {
        stateHash: Buffer.from(uuidv7()),
        userId: admin.id,
        sid: admin.sid,
        integrationId,
        mappingId: mapping.id,
        slug,
        redirectUri: "https://bifrost.example.com/oauth/callback/x",
        expiresAt: new Date(ctx().now().getTime() + 60_000),
      },
    });
    const waiting = async (id: string) =>
      (await getMappingView(ctx(), integrationId, id)).connection?.waitingUntil ?? null;
    expect(await waiting(contoso.id)).not.toBeNull();
    expect(await waiting(fabrikam.id)).toBeNull();
  });
});

describe("the effective result", () => {
  const LIVE = { expiresAt: new Date(Date.now() + 3_600_000) };
  const EXPIRED = { expiresAt: new Date(Date.now() - 3_600_000) };
  const BROKEN = { errorCode: "invalid_grant", errorMessage: "The grant was revoked." };
  const OWN = { of: "own", policy: "default" } as const;
  const DEFAULT = { of: "default", policy: "default" } as const;
  const DERIVED = { of: "derived", policy: "derived", refreshToken: null } as const;

  it.each([
    ["active", { ...OWN, status: "active", ...LIVE }, true],
    ["active without an expiry", { ...OWN, status: "active", expiresAt: null }, true],
    ["active and expired", { ...OWN, status: "active", ...EXPIRED }, false],
    ["active before its first token", { ...OWN, status: "active", ...EXPIRED, accessToken: null }, false],
    ["failing with a live token", { ...OWN, status: "degraded", ...BROKEN, ...LIVE }, true],
    ["failing and expired", { ...OWN, status: "degraded", ...BROKEN, ...EXPIRED }, false],
    ["in need of a person, live", { ...OWN, status: "reconnect_required", ...BROKEN, ...LIVE }, true],
    ["in need of a person, expired", { ...OWN, status: "reconnect_required", ...BROKEN, ...EXPIRED }, false],
    ["disconnected", { ...OWN, status: "not_connected", accessToken: null, refreshToken: null }, false],
    ["the default's, live", { ...DEFAULT, status: "active", ...LIVE }, true],
    ["the default's, expired", { ...DEFAULT, status: "reconnect_required", ...BROKEN, ...EXPIRED }, false],
    ["the default's, which is not lent", { ...DEFAULT, policy: "none", status: "active", ...LIVE }, false],
    ["derived, live", { ...DERIVED, status: "active", ...LIVE }, true],
    ["derived, expired", { ...DERIVED, status: "degraded", ...BROKEN, ...EXPIRED }, false],
  ] as const)("of a connection that is %s is what get answers", async (_, state, hasToken) => {
    const { of, policy, ...columns } = state;
    const name = `Service_${uuidv7().slice(-8)}`;
    const { id: integrationId } = await seedIntegration(db, { name, defaultEntityId: "common", oauth: {} });
    await db.prisma.integration.update({
      where: { id: integrationId },
      data: { organizationPolicy: policy },
    });
    await seedValue(db, integrationId, { key: "region", value: "eu" });
    const organization = await seedOrganization(db);
    const mapping = await seedMapping(db, integrationId, organization.id, { entityId: "tenant-c" });
    await seedValue(db, integrationId, { key: "region", value: "us", mappingId: mapping.id });
    const { id } = await seedConnection(db, integrationId, {
      ...(of === "default" ? {} : { mappingId: mapping.id }),
      accountLabel: "bob@contoso.example",
      entityId: of === "default" ? "common" : "tenant-c",
    });
    const kind = of === "derived" ? ("derived" as const) : ("own" as const);
    await db.prisma.connection.update({ where: { id }, data: { kind, ...columns } });

    const answer = await getIntegrationData(testContext(db), { name, scope: organization.id });
    const shown = await getEffectiveResult(ctx(), integrationId, organization.id);
    const { oauth } = shown;
    expect(oauth?.hasAccessToken).toBe(hasToken);
    expect({
      hasAccessToken: oauth?.hasAccessToken,
      expiresAt: oauth?.expiresAt,
      status: oauth?.status,
      connectionId: oauth?.connectionId,
      entityId: oauth?.entityId,
      account: oauth?.account,
      tokenUrl: oauth?.tokenUrl,
      config: Object.fromEntries(shown.values.map(({ key, value }) => [key, value])),
      entity: [shown.entityId, shown.entityName],
    }).toEqual({
      hasAccessToken: answer?.oauth?.accessToken != null,
      expiresAt: answer?.oauth?.expiresAt?.toISOString() ?? null,
      status: answer?.oauth?.status,
      connectionId: answer?.oauth?.connectionId,
      entityId: answer?.oauth?.entityId,
      account: answer?.oauth?.account,
      tokenUrl: answer?.oauth?.tokenUrl,
      config: answer?.config,
      entity: [answer?.entityId, answer?.entityName],
    });
    if (answer?.oauth?.error?.code === "expired") expect(oauth?.error).toBe(answer.oauth.error.message);
  });

  /** The answer to a key of the organization's own, which may read credentials. */
  async function readByOwnKey(organizationId: string, name: string) {
    const permissions = ["credentials:read" as const];
    const { apiKey } = await createApiKey(testContext(db), { name: "test", organizationId, permissions });
    const key = { type: "api_key", id: apiKey.id, label: "test", organizationId, permissions } as const;
    const origin = { ipAddress: "127.0.0.1", userAgent: null };
    return getIntegrationData(testContext(db, { ...key, organizationKind: "managed", origin }), { name });
  }

  it("tells of a borrowed token that the organization's own keys get none, until the integration lends it", async () => {
    const name = `Service_${uuidv7().slice(-8)}`;
    const { id: integrationId } = await seedIntegration(db, { name, oauth: {} });
    await seedConnection(db, integrationId, {});
    const { id } = await seedOrganization(db);
    const provider = await seedProvider(db);
    for (const lendsDefaultToKeys of [false, true]) {
      await db.prisma.integration.update({ where: { id: integrationId }, data: { lendsDefaultToKeys } });
      const { oauth } = await getEffectiveResult(ctx(), integrationId, id);
      expect(oauth).toMatchObject({ hasAccessToken: true, ownKeysMayHave: lendsDefaultToKeys });
      const answer = await readByOwnKey(id, name);
      expect(answer?.oauth?.accessToken != null).toBe(lendsDefaultToKeys);
      const ofProvider = await getEffectiveResult(ctx(), integrationId, provider.id);
      expect(ofProvider.oauth).toMatchObject({ hasAccessToken: true, ownKeysMayHave: true });
    }
    const mapping = await seedMapping(db, integrationId, id, { entityId: "tenant-c" });
    await seedConnection(db, integrationId, { mappingId: mapping.id });
    await db.prisma.integration.update({
      where: { id: integrationId },
      data: { lendsDefaultToKeys: false },
    });
    const { oauth } = await getEffectiveResult(ctx(), integrationId, id);
    expect(oauth).toMatchObject({ source: "organization", ownKeysMayHave: true });
  });

  it("names the default connection where it cannot make the token that is to be derived", async () => {
    const name = `Service_${uuidv7().slice(-8)}`;
    const { id: integrationId } = await seedIntegration(db, { name, oauth: {} });
    await db.prisma.integration.update({
      where: { id: integrationId },
      data: { organizationPolicy: "derived" },
    });
    const { id } = await seedOrganization(db);
    await seedMapping(db, integrationId, id, { entityId: "tenant-c" });
    const { id: defaultId } = await seedConnection(db, integrationId, {});
    for (const status of ["active", "reconnect_required", "not_connected"] as const) {
      const tokens = status === "not_connected" ? { accessToken: null, refreshToken: null, extra: null } : {};
      await db.prisma.connection.update({ where: { id: defaultId }, data: { status, ...tokens } });
      const answer = await getIntegrationData(testContext(db), { name, scope: id });
      const { oauth } = await getEffectiveResult(ctx(), integrationId, id);
      expect(oauth).toMatchObject({ hasAccessToken: false, reason: answer?.oauth?.error?.message });
      const { rows } = await listMappingRows(ctx(), integrationId, { filter: "mapped" });
      expect(rows[0]?.connection?.reason).toBe(oauth?.reason);
      if (status === "active") expect(oauth?.reason).toMatch(/^No token has been derived/);
      else expect(oauth?.reason).toMatch(/^The default connection, .* needs a person/);
    }
  });
});
