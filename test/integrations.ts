import { generateKeyringText, parseKeyring } from "@/lib/crypto/keyring";
import { seal } from "@/lib/crypto/seal";
import type { Database } from "@/lib/db/client";
import type { ConfigFieldType, ConnectionStatus } from "@/lib/db/generated/enums";
import { Prisma } from "@/lib/db/generated/client";
import { uuidv7 } from "@/lib/db/id";
import { testContext } from "./context";

const { keyring } = testContext({} as Database);

interface IntegrationSeed {
  name: string;
  organizationId?: string;
  defaultEntityId?: string;
  apiHosts?: string[];
  /** With an OAuth client whose URLs hold `{entity_id}`; `sealWith: "unknown"`: by a key that nobody has. */
  oauth?: { sealWith?: "unknown"; clientSecret?: string };
}

/** An integration as the verbs would have stored it, without the checks of their input. */
export async function seedIntegration(db: Database, seed: IntegrationSeed): Promise<{ id: string }> {
  const { oauth, ...integration } = seed;
  const slug = `slug-${uuidv7()}`;
  await db.prisma.callbackSlug.create({ data: { slug } });
  const created = await db.prisma.integration.create({
    data: { ...integration, slug },
    select: { id: true },
  });
  if (oauth) await seedClient(db, created.id, oauth);
  return created;
}

async function seedClient(db: Database, integrationId: string, oauth: NonNullable<IntegrationSeed["oauth"]>) {
  const id = uuidv7();
  const keys =
    oauth.sealWith === "unknown" ? parseKeyring(generateKeyringText().replace("k1:", "lost:")) : keyring;
  await db.prisma.oAuthClient.create({
    data: {
      id,
      integrationId,
      flowType: "authorization_code",
      clientId: "client-id",
      clientSecret: seal(
        keys,
        { table: "OAuthClient", id, field: "clientSecret" },
        oauth.clientSecret ?? "client-secret",
      ),
      authorizationUrl: "https://login.example.com/{entity_id}/authorize",
      tokenUrl: "https://login.example.com/{entity_id}/token",
      scopes: ["offline_access", "Directory.Read.All"],
    },
  });
}

interface ConnectionSeed {
  mappingId?: string;
  status?: ConnectionStatus;
  accessToken?: string;
  refreshToken?: string;
  expiresAt?: Date | null;
  entityId?: string;
  accountLabel?: string;
}

/** A connection with its tokens sealed in their places; it expires in an hour unless said. */
export async function seedConnection(
  db: Database,
  integrationId: string,
  seed: ConnectionSeed,
): Promise<{ id: string }> {
  const { accessToken = "access-token", refreshToken = "refresh-token", ...rest } = seed;
  const id = uuidv7();
  const sealed = (field: string, plain: string) => seal(keyring, { table: "Connection", id, field }, plain);
  return db.prisma.connection.create({
    data: {
      id,
      integrationId,
      grantId: uuidv7(),
      status: "active",
      accessToken: sealed("accessToken", accessToken),
      refreshToken: sealed("refreshToken", refreshToken),
      extra: sealed("extra", JSON.stringify({ instance_url: "https://eu.example.com" })),
      tokenType: "Bearer",
      expiresAt: new Date(Date.now() + 3_600_000),
      attempt: 1,
      tokenVersion: 1,
      ...rest,
    },
    select: { id: true },
  });
}

export async function seedMapping(
  db: Database,
  integrationId: string,
  organizationId: string,
  entity: { entityId?: string; entityName?: string } = {},
): Promise<{ id: string }> {
  return db.prisma.mapping.create({
    data: { integrationId, organizationId, ...entity },
    select: { id: true },
  });
}

interface ValueSeed {
  key: string;
  type?: ConfigFieldType;
  value?: Prisma.InputJsonValue | null;
  secret?: string;
  mappingId?: string;
}

/** A config value, a default or a mapping's override; its field is made where it is not there yet. */
export async function seedValue(db: Database, integrationId: string, seed: ValueSeed): Promise<void> {
  const { key, type = "string", value = null, secret, mappingId = null } = seed;
  const position = await db.prisma.configField.count({ where: { integrationId } });
  const field = await db.prisma.configField.upsert({
    where: { integrationId_key: { integrationId, key } },
    create: { integrationId, key, type, position },
    update: {},
  });
  const id = uuidv7();
  const stored =
    secret === undefined
      ? { value: value ?? Prisma.JsonNull }
      : { sealed: seal(keyring, { table: "ConfigValue", id, field: "value" }, secret) };
  await db.prisma.configValue.create({
    data: { id, integrationId, fieldId: field.id, mappingId, ...stored },
  });
}
