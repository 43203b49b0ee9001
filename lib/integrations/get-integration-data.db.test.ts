import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ApiKeyActor, ApiKeyPermission } from "@/lib/auth/actor";
import { seal, UnsealError } from "@/lib/crypto/seal";
import { uuidv7 } from "@/lib/db/id";
import { seedOrganization, seedProvider, testContext } from "@/test/context";
import { openTestDatabase } from "@/test/database";
import { createApiKey } from "@/lib/api-keys/create-api-key";
import { seedConnection, seedIntegration, seedMapping, seedValue } from "@/test/integrations";
import { getIntegrationData } from "./get-integration-data";

let db: Awaited<ReturnType<typeof openTestDatabase>>;
let providerId: string;
let contosoId: string;

beforeAll(async () => {
  db = await openTestDatabase();
  providerId = (await seedProvider(db)).id;
  contosoId = (await seedOrganization(db, "Contoso")).id;
});
afterAll(() => db.close());

const ALL: ApiKeyPermission[] = ["credentials:read"];

async function keyOf(organizationId: string, permissions: ApiKeyPermission[] = ALL): Promise<ApiKeyActor> {
  const { apiKey } = await createApiKey(testContext(db), { name: "test", organizationId, permissions });
  return {
    type: "api_key",
    id: apiKey.id,
    label: "test",
    organizationId,
    organizationKind: organizationId === providerId ? "provider" : "managed",
    permissions,
    origin: { ipAddress: "127.0.0.1", userAgent: null },
  };
}

const { keyring } = testContext({} as typeof db);

describe("reading an integration", () => {
  it("prefers the target's own integration to the global one of the same name", async () => {
    const global = await seedIntegration(db, { name: "Same" });
    const own = await seedIntegration(db, { name: "Same", organizationId: contosoId });
    const ctx = testContext(db, await keyOf(providerId));
    expect((await getIntegrationData(ctx, { name: "Same", scope: contosoId }))?.integrationId).toBe(own.id);
    expect((await getIntegrationData(ctx, { name: "Same", scope: "global" }))?.integrationId).toBe(global.id);
    expect((await getIntegrationData(ctx, { name: "Same" }))?.integrationId).toBe(global.id);
  });

  it("is null for an unknown name, a bad name and another case", async () => {
    await seedIntegration(db, { name: "Exact_Name" });
    const ctx = testContext(db, await keyOf(providerId));
    for (const name of ["Nothing", "exact_name", "", "a\u0000b", "x".repeat(500), "../etc"]) {
      expect(await getIntegrationData(ctx, { name })).toBeNull();
    }
  });

  it("never shows another organization's integration, whatever it is called", async () => {
    const other = await seedOrganization(db);
    await seedIntegration(db, { name: "Secretive", organizationId: other.id });
    for (const organizationId of [contosoId, providerId]) {
      expect(
        await getIntegrationData(testContext(db, await keyOf(organizationId)), { name: "Secretive" }),
      ).toBeNull();
    }
  });

  it("merges configuration key by key and says where each value came from", async () => {
    const integration = await seedIntegration(db, { name: "Merged", defaultEntityId: "common" });
    const mapping = await seedMapping(db, integration.id, contosoId, {
      entityId: "tenant-1",
      entityName: "Contoso Ltd",
    });
    await seedValue(db, integration.id, { key: "base_url", value: "https://api.example.com" });
    await seedValue(db, integration.id, { key: "options", type: "json", value: { a: 1, b: [true, null] } });
    await seedValue(db, integration.id, { key: "options", value: { a: 2 }, mappingId: mapping.id });
    await seedValue(db, integration.id, { key: "nothing", type: "json", value: null, mappingId: mapping.id });
    await seedValue(db, integration.id, { key: "timeout", type: "int", value: 30 });
    await seedValue(db, integration.id, {
      key: "api_key",
      type: "secret",
      secret: "sesame",
      mappingId: mapping.id,
    });
    const data = await getIntegrationData(testContext(db, await keyOf(contosoId)), { name: "Merged" });
    expect(data).toMatchObject({
      organizationId: contosoId,
      entityId: "tenant-1",
      entityName: "Contoso Ltd",
      oauth: null,
    });
    expect(data?.config).toEqual({
      base_url: "https://api.example.com",
      options: { a: 2 },
      nothing: null,
      timeout: 30,
      api_key: "sesame",
    });
    expect(data?.configSources).toEqual({
      base_url: "default",
      options: "organization",
      nothing: "organization",
      timeout: "default",
      api_key: "organization",
    });
    const defaults = await getIntegrationData(testContext(db, await keyOf(providerId)), {
      name: "Merged",
      scope: "global",
    });
    expect(defaults).toMatchObject({ organizationId: null, entityId: "common", entityName: null });
    expect(defaults?.config).toEqual({
      base_url: "https://api.example.com",
      options: { a: 1, b: [true, null] },
      timeout: 30,
    });
  });

  it("gives a provider's key the default connection's credentials with resolved URLs", async () => {
    const integration = await seedIntegration(db, { name: "Graph", defaultEntityId: "common", oauth: {} });
    const connection = await seedConnection(db, integration.id, {
      entityId: "common",
      accountLabel: "ada@contoso.example",
    });
    const data = await getIntegrationData(testContext(db, await keyOf(providerId)), { name: "Graph" });
    expect(data?.oauth).toMatchObject({
      connectionId: connection.id,
      connectionName: "Graph",
      clientId: "client-id",
      clientSecret: "client-secret",
      authorizationUrl: "https://login.example.com/common/authorize",
      tokenUrl: "https://login.example.com/common/token",
      accessToken: "access-token",
      refreshToken: "refresh-token",
      tokenType: "Bearer",
      status: "active",
      source: "default",
      entityId: "common",
      account: "ada@contoso.example",
      error: null,
      extra: { instance_url: "https://eu.example.com" },
    });
  });

  it("serves the mapping's own connection with the mapping's URLs, and never falls back while it is broken, only once it is disconnected", async () => {
    const integration = await seedIntegration(db, { name: "Own", defaultEntityId: "common", oauth: {} });
    await seedConnection(db, integration.id, { accessToken: "of-the-default" });
    const mapping = await seedMapping(db, integration.id, contosoId, { entityId: "tenant-1" });
    await seedConnection(db, integration.id, {
      mappingId: mapping.id,
      accessToken: "of-contoso",
      entityId: "tenant-1",
    });
    const ctx = testContext(db, await keyOf(contosoId));
    const served = await getIntegrationData(ctx, { name: "Own" });
    expect(served?.oauth).toMatchObject({
      accessToken: "of-contoso",
      clientSecret: null,
      refreshToken: "refresh-token",
      source: "organization",
      tokenUrl: "https://login.example.com/tenant-1/token",
    });
    await db.prisma.connection.update({
      where: { mappingId: mapping.id },
      data: {
        status: "reconnect_required",
        expiresAt: new Date(0),
        errorCode: "invalid_grant",
        errorMessage: "Revoked.",
      },
    });
    const broken = await getIntegrationData(ctx, { name: "Own" });
    expect(broken?.oauth).toMatchObject({
      accessToken: null,
      source: "organization",
      status: "reconnect_required",
    });
    expect(broken?.oauth?.error).toMatchObject({
      code: "expired",
      message: expect.stringContaining("Revoked."),
    });
    await db.prisma.connection.update({
      where: { mappingId: mapping.id },
      data: { status: "not_connected", accessToken: null, refreshToken: null },
    });
    expect((await getIntegrationData(ctx, { name: "Own" }))?.oauth).toMatchObject({
      accessToken: null,
      source: "default",
    });
  });

  it("withholds the default connection from a managed organization's key, and by policy from everybody's", async () => {
    const integration = await seedIntegration(db, { name: "Lent", oauth: {} });
    await seedConnection(db, integration.id, {});
    const managed = await getIntegrationData(testContext(db, await keyOf(contosoId)), { name: "Lent" });
    expect(managed?.oauth).toMatchObject({
      accessToken: null,
      refreshToken: null,
      clientSecret: null,
      extra: {},
      source: "default",
    });
    expect(managed?.oauth?.error?.code).toBe("permission_denied");
    const provider = testContext(db, await keyOf(providerId));
    const forContoso = await getIntegrationData(provider, { name: "Lent", scope: contosoId });
    expect(forContoso?.oauth).toMatchObject({ accessToken: "access-token", source: "default" });
    await db.prisma.integration.update({
      where: { id: integration.id },
      data: { organizationPolicy: "none" },
    });
    const refused = await getIntegrationData(provider, { name: "Lent", scope: contosoId });
    expect(refused?.oauth).toMatchObject({
      accessToken: null,
      connectionId: null,
      source: null,
      status: "not_connected",
    });
    expect((await getIntegrationData(provider, { name: "Lent", scope: "global" }))?.oauth?.accessToken).toBe(
      "access-token",
    );
  });

  it("gives a managed key the default's access token alone where the integration lends it", async () => {
    const integration = await seedIntegration(db, { name: "Lending", oauth: {} });
    await seedConnection(db, integration.id, {});
    await db.prisma.integration.update({ where: { id: integration.id }, data: { lendsDefaultToKeys: true } });
    const data = await getIntegrationData(testContext(db, await keyOf(contosoId)), { name: "Lending" });
    expect(data?.oauth).toMatchObject({
      accessToken: "access-token",
      refreshToken: null,
      clientSecret: null,
      source: "default",
      error: null,
    });
  });

  it("keeps a limited key to its integrations and organizations, an empty list meaning none", async () => {
    const allowed = await seedIntegration(db, { name: "Allowed" });
    await seedIntegration(db, { name: "Other" });
    const actor = await keyOf(providerId);
    const ctx = testContext(db, actor);
    const read = (name: string, scope?: string) =>
      getIntegrationData(ctx, { name, scope }).then(
        (data) => data?.name,
        (error: { code: string }) => error.code,
      );
    await db.prisma.apiKey.update({ where: { id: actor.id }, data: { limitsIntegrations: true } });
    expect(await read("Allowed")).toBe("permission_denied");
    await db.prisma.apiKeyIntegration.create({ data: { apiKeyId: actor.id, integrationId: allowed.id } });
    expect([await read("Allowed"), await read("Other")]).toEqual(["Allowed", "permission_denied"]);

    await db.prisma.apiKey.update({ where: { id: actor.id }, data: { limitsOrganizations: true } });
    expect(await read("Allowed")).toBe("scope_forbidden");
    await db.prisma.apiKeyOrganization.create({ data: { apiKeyId: actor.id, organizationId: contosoId } });
    expect(await read("Allowed", contosoId)).toBe("Allowed");
    for (const scope of [undefined, providerId, "global", uuidv7()]) {
      expect(await read("Allowed", scope)).toBe("scope_forbidden");
    }
  });

  it("gives an expired token as null with the code expired, by the database's clock", async () => {
    const integration = await seedIntegration(db, { name: "Expired", oauth: {} });
    await seedConnection(db, integration.id, { expiresAt: new Date(Date.now() - 1_000) });
    const ctx = testContext(db, await keyOf(providerId), { now: () => new Date(0) });
    const data = await getIntegrationData(ctx, { name: "Expired" });
    expect(data?.oauth).toMatchObject({ accessToken: null, status: "active", error: { code: "expired" } });
  });

  it("opens no secret without credentials:read, not even with a key that is lost", async () => {
    const integration = await seedIntegration(db, { name: "Locked", oauth: { sealWith: "unknown" } });
    await seedConnection(db, integration.id, { accessToken: "canary" });
    await seedValue(db, integration.id, { key: "api_key", type: "secret", secret: "canary" });
    const reader = testContext(db, await keyOf(providerId, ["integrations:read"]));
    const data = await getIntegrationData(reader, { name: "Locked" });
    expect(JSON.stringify(data)).not.toContain("canary");
    expect(data).toMatchObject({
      config: { api_key: null },
      oauth: { accessToken: null, clientSecret: null },
    });
    await expect(
      getIntegrationData(testContext(db, await keyOf(providerId)), { name: "Locked" }),
    ).rejects.toThrow(UnsealError);
  });

  it("refuses a ciphertext that was moved from another row", async () => {
    const integration = await seedIntegration(db, { name: "Moved", oauth: {} });
    const stolen = seal(
      keyring,
      { table: "Connection", id: uuidv7(), field: "accessToken" },
      "of-somebody-else",
    );
    await seedConnection(db, integration.id, {});
    await db.prisma.connection.updateMany({
      where: { integrationId: integration.id },
      data: { accessToken: stolen },
    });
    await expect(
      getIntegrationData(testContext(db, await keyOf(providerId)), { name: "Moved" }),
    ).rejects.toThrow(UnsealError);
  });

  it("refuses scopes that are not the caller's, unknown organizations and deactivated ones", async () => {
    const gone = await seedOrganization(db);
    await db.prisma.organization.update({ where: { id: gone.id }, data: { isActive: false } });
    const provider = testContext(db, await keyOf(providerId));
    const managed = testContext(db, await keyOf(contosoId));
    const code = (ctx: typeof provider, scope: string) =>
      getIntegrationData(ctx, { name: "Graph", scope }).then(
        () => "none",
        (error: { code: string }) => error.code,
      );
    expect(await code(provider, uuidv7())).toBe("organization_not_found");
    expect(await code(provider, gone.id)).toBe("organization_not_found");
    expect(await code(provider, "org-123")).toBe("validation_failed");
    expect(await code(provider, "")).toBe("validation_failed");
    for (const scope of [providerId, gone.id, uuidv7(), "global", ""]) {
      expect(await code(managed, scope)).toBe("scope_forbidden");
    }
  });

  it("refuses a key revoked since it was identified, in the statement that reads", async () => {
    const actor = await keyOf(providerId);
    await db.prisma.apiKey.update({ where: { id: actor.id }, data: { revokedAt: new Date() } });
    await expect(getIntegrationData(testContext(db, actor), { name: "Graph" })).rejects.toMatchObject({
      code: "unauthenticated",
    });
  });

  it("records one credential read for each key, integration and hour", async () => {
    const integration = await seedIntegration(db, { name: "Audited", oauth: {} });
    await seedConnection(db, integration.id, { accessToken: "canary-token" });
    const actor = await keyOf(providerId);
    const ctx = testContext(db, actor);
    await Promise.all(Array.from({ length: 8 }, () => getIntegrationData(ctx, { name: "Audited" })));
    await getIntegrationData(testContext(db, await keyOf(providerId, ["integrations:read"])), {
      name: "Audited",
    });
    const events = await db.prisma.auditEvent.findMany({
      where: { targetId: integration.id, action: "credentials.read" },
    });
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({
      actorType: "api_key",
      actorId: actor.id,
      organizationId: providerId,
      after: { source: "default" },
    });
    expect(JSON.stringify(events)).not.toContain("canary");
  });
});
