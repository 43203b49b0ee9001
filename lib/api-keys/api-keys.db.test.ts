import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hashSecret } from "@/lib/crypto/secret-token";
import { seedOrganization, seedProvider, seedUser, testContext } from "@/test/context";
import { openTestDatabase } from "@/test/database";
import { seedIntegration } from "@/test/integrations";
import { createApiKey } from "./create-api-key";
import { listApiKeys } from "./queries";
import { revokeApiKey } from "./revoke-api-key";
import type { CreateApiKeyInput } from "./schema";

let db: Awaited<ReturnType<typeof openTestDatabase>>;
let providerId: string;
let contosoId: string;

beforeAll(async () => {
  db = await openTestDatabase();
  providerId = (await seedProvider(db)).id;
  contosoId = (await seedOrganization(db)).id;
});
afterAll(() => db.close());

const input: CreateApiKeyInput = { name: "scripts", permissions: ["integrations:read"] };
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => "done",
    (error: { code?: string }) => error.code,
  );

describe("creating an API key", () => {
  it("gives the key once, and stores its hash and its visible beginning alone", async () => {
    const ctx = testContext(db);
    const { apiKey, key } = await createApiKey(ctx, {
      ...input,
      permissions: ["credentials:read", "credentials:read"],
    });
    expect(key).toMatch(/^bfr_[A-Za-z0-9_-]{43}$/);
    expect(apiKey).toMatchObject({
      prefix: key.slice(0, 8),
      permissions: ["credentials:read"],
      status: "active",
    });
    expect(apiKey.organization.id).toBe(providerId);
    const row = await db.prisma.apiKey.findUniqueOrThrow({ where: { id: apiKey.id } });
    expect(Buffer.from(row.keyHash)).toEqual(hashSecret(key));
    const everything = JSON.stringify([row, await db.prisma.auditEvent.findMany()]);
    expect(everything).not.toContain(key.slice(8));
    expect(
      await db.prisma.auditEvent.count({ where: { action: "api_key.create", targetId: apiKey.id } }),
    ).toBe(1);
  });

  it.each([
    ["platform_admin", "provider", "done", "done"],
    ["technician", "provider", "permission_denied", "permission_denied"],
    ["viewer", "provider", "permission_denied", "permission_denied"],
    ["organization_admin", "contoso", "done", "scope_forbidden"],
    ["viewer", "contoso", "permission_denied", "scope_forbidden"],
  ] as const)("by a %s of %s: own %s, another organization's %s", async (role, home, own, other) => {
    const homeId = home === "provider" ? providerId : contosoId;
    const awayId = home === "provider" ? contosoId : providerId;
    const ctx = testContext(db, await seedUser(db, role, homeId));
    expect(await codeOf(createApiKey(ctx, { ...input, organizationId: homeId }))).toBe(own);
    expect(await codeOf(createApiKey(ctx, { ...input, organizationId: awayId }))).toBe(other);
    expect(await codeOf(createApiKey(ctx, input))).toBe(own);
  });

  it("gives credentials:read by a platform admin's hand alone", async () => {
    const admin = testContext(db, await seedUser(db, "organization_admin", contosoId));
    expect(await codeOf(createApiKey(admin, { ...input, permissions: ["credentials:read"] }))).toBe(
      "permission_denied",
    );
  });

  it.each([
    [{ name: " " }, "name"],
    [{ name: "x".repeat(101) }, "name"],
    [{ permissions: [] }, "permissions"],
    [{ permissions: ["everything"] }, "permissions.0"],
    [{ organizationId: "org-123" }, "organizationId"],
    [{ expiresAt: new Date(0) }, "expiresAt"],
  ])("refuses %j and names the field", async (change, path) => {
    const wrong = { ...input, ...change } as CreateApiKeyInput;
    await expect(createApiKey(testContext(db), wrong)).rejects.toMatchObject({
      code: "validation_failed",
      errors: [{ path }],
    });
  });
});

describe("an API key's limits", () => {
  it("are stored, listed by name and audited", async () => {
    const shared = await seedIntegration(db, { name: "Shared" });
    const ctx = testContext(db, await seedUser(db, "platform_admin"));
    const { apiKey } = await createApiKey(ctx, {
      ...input,
      integrationIds: [shared.id, shared.id],
      organizationIds: [contosoId],
    });
    expect(apiKey.integrations).toEqual(["Shared"]);
    const [listed] = (await listApiKeys(ctx, 1)).rows;
    expect(listed).toMatchObject({ integrations: ["Shared"], organizations: apiKey.organizations });
    const [entry] = await db.prisma.auditEvent.findMany({ where: { targetId: apiKey.id } });
    expect(entry?.after).toMatchObject({ integrations: ["Shared"] });
  });

  it("stay when the last integration named is deleted: the key then reaches none", async () => {
    const { id } = await seedIntegration(db, { name: "Passing" });
    const ctx = testContext(db);
    const { apiKey } = await createApiKey(ctx, { ...input, integrationIds: [id] });
    await db.prisma.integration.delete({ where: { id } });
    expect((await listApiKeys(ctx, 1)).rows.find((row) => row.id === apiKey.id)?.integrations).toEqual([]);
  });

  it("name only what the key's organization can use, and organizations for the provider's keys alone", async () => {
    const foreign = await seedIntegration(db, {
      name: "Foreign",
      organizationId: (await seedOrganization(db)).id,
    });
    const admin = testContext(db, await seedUser(db, "organization_admin", contosoId));
    const refused = (change: Partial<CreateApiKeyInput>) => createApiKey(admin, { ...input, ...change });
    await expect(refused({ integrationIds: [foreign.id] })).rejects.toMatchObject({
      errors: [{ path: "integrationIds" }],
    });
    await expect(refused({ integrationIds: [] })).rejects.toMatchObject({ code: "validation_failed" });
    await expect(refused({ organizationIds: [contosoId] })).rejects.toMatchObject({
      errors: [{ path: "organizationIds" }],
    });
    await expect(
      createApiKey(testContext(db), { ...input, organizationIds: [foreign.id] }),
    ).rejects.toMatchObject({ errors: [{ path: "organizationIds" }] });
  });
});

describe("listing and revoking API keys", () => {
  it("shows each admin what is theirs, and revokes at once with one audit entry", async () => {
    const organization = await seedOrganization(db);
    const admin = testContext(db, await seedUser(db, "organization_admin", organization.id));
    const { apiKey } = await createApiKey(admin, input);
    expect((await listApiKeys(admin, 1)).rows.map(({ id }) => id)).toEqual([apiKey.id]);
    await revokeApiKey(admin, { id: apiKey.id });
    await revokeApiKey(admin, { id: apiKey.id });
    expect((await listApiKeys(admin, 99)).rows).toMatchObject([{ id: apiKey.id, status: "revoked" }]);
    expect(
      await db.prisma.auditEvent.count({ where: { action: "api_key.revoke", targetId: apiKey.id } }),
    ).toBe(1);
  });

  it("answers another organization's key as if it did not exist", async () => {
    const { apiKey } = await createApiKey(testContext(db), input);
    const admin = testContext(db, await seedUser(db, "organization_admin", contosoId));
    expect(await codeOf(revokeApiKey(admin, { id: apiKey.id }))).toBe("api_key_not_found");
    expect(await codeOf(listApiKeys(testContext(db, await seedUser(db, "viewer", contosoId)), 1))).toBe(
      "permission_denied",
    );
  });
});
