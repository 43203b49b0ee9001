import { createApiKey } from "@/lib/api-keys/create-api-key";
import { API_KEY_PERMISSIONS, type UserActor } from "@/lib/auth/actor";
import type { Database } from "@/lib/db/client";
import { seedOrganization, seedProvider, seedUser, testContext } from "./context";
import { seedConnection, seedIntegration, seedMapping, seedValue } from "./integrations";

/** In every name and secret of the other tenant: found in an answer, a wall is broken. */
export const CANARY = "fabrikam-canary";

/** One organization that tries, and another one with one of everything that must stay its own. */
export interface TenantWorld {
  providerId: string;
  own: { id: string; admin: UserActor; key: string; integrationId: string };
  foreign: Record<
    | "organizationId"
    | "userId"
    | "sessionId"
    | "apiKeyId"
    | "integrationId"
    | "mappingId"
    | "connectionId"
    | "fieldId",
    string
  >;
  globalId: string;
}

/** Contoso, which tries; Fabrikam, which is tried; and a global integration that both are mapped to. */
export async function seedTenantWorld(db: Database): Promise<TenantWorld> {
  const providerId = (await seedProvider(db)).id;
  const contoso = await seedOrganization(db, "Contoso");
  const fabrikam = await seedOrganization(db, `${CANARY} organization`);
  const own = await seedIntegration(db, { name: "Contoso_Own", organizationId: contoso.id });
  const global = await seedIntegration(db, { name: "Microsoft_Graph", defaultEntityId: "common", oauth: {} });
  const secret = await seedIntegration(db, {
    name: `${CANARY}-integration`,
    organizationId: fabrikam.id,
    oauth: { clientSecret: CANARY },
  });
  await seedConnection(db, global.id, { accessToken: "default-token" });
  await seedConnection(db, secret.id, { accessToken: CANARY, refreshToken: CANARY });
  await seedMapping(db, global.id, contoso.id, { entityId: "contoso-entity" });
  const mapping = await seedMapping(db, global.id, fabrikam.id, {
    entityId: `${CANARY}-entity`,
    entityName: CANARY,
  });
  const connection = await seedConnection(db, global.id, {
    mappingId: mapping.id,
    accessToken: CANARY,
    refreshToken: CANARY,
    accountLabel: CANARY,
  });
  await db.prisma.connection.update({
    where: { id: connection.id },
    data: { status: "degraded", errorCode: "server_error", errorMessage: CANARY },
  });
  await db.prisma.connectionActivity.create({
    data: {
      connectionId: connection.id,
      integrationId: global.id,
      attempt: 1,
      reason: "due",
      outcome: "passing",
      durationMs: 1,
      code: "server_error",
      message: CANARY,
    },
  });
  await seedValue(db, global.id, { key: "region", value: "eu" });
  await seedValue(db, global.id, { key: "region", value: CANARY, mappingId: mapping.id });
  await seedValue(db, secret.id, { key: "api_key", type: "secret", secret: CANARY });
  const field = await db.prisma.configField.findFirstOrThrow({ where: { integrationId: secret.id } });
  const user = await seedUser(db, "organization_admin", fabrikam.id);
  await db.prisma.user.update({ where: { id: user.id }, data: { email: `${CANARY}@example.com` } });
  const foreignKey = await createApiKey(testContext(db), {
    name: CANARY,
    organizationId: fabrikam.id,
    permissions: ["credentials:read"],
  });
  const { key } = await createApiKey(testContext(db), {
    name: "contoso",
    organizationId: contoso.id,
    permissions: [...API_KEY_PERMISSIONS],
  });
  return {
    providerId,
    globalId: global.id,
    own: {
      id: contoso.id,
      key,
      integrationId: own.id,
      admin: await seedUser(db, "organization_admin", contoso.id),
    },
    foreign: {
      organizationId: fabrikam.id,
      userId: user.id,
      sessionId: user.sid,
      apiKeyId: foreignKey.apiKey.id,
      integrationId: secret.id,
      mappingId: mapping.id,
      connectionId: connection.id,
      fieldId: field.id,
    },
  };
}

/** All that is stored of the other tenant, to compare before and after. The times of reading are not of its making. */
export async function storedOf(db: Database, { foreign }: TenantWorld): Promise<string> {
  const { prisma } = db;
  const { organizationId, integrationId } = foreign;
  const mine = { mapping: { organizationId } };
  return JSON.stringify(
    await Promise.all([
      prisma.organization.findMany({ where: { id: organizationId } }),
      prisma.user.findMany({ where: { organizationId } }),
      prisma.session.findMany({ where: { user: { organizationId } } }),
      prisma.setupLink.count({ where: { user: { organizationId } } }),
      prisma.apiKey.findMany({ where: { organizationId } }),
      prisma.integration.findMany({ where: { OR: [{ organizationId }, { organizationId: null }] } }),
      prisma.oAuthClient.findMany({ where: { integrationId } }),
      prisma.configField.findMany({ orderBy: { id: "asc" } }),
      prisma.configValue.findMany({ where: { OR: [mine, { integrationId }] }, orderBy: { id: "asc" } }),
      prisma.mapping.findMany({ where: { organizationId } }),
      prisma.connection.findMany({ where: { OR: [mine, { mappingId: null }] }, orderBy: { id: "asc" } }),
      prisma.handshake.count(),
    ]),
    (_, value: unknown) => (typeof value === "bigint" ? String(value) : value),
  );
}
