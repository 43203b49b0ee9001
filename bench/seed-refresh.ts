import type { Keyring } from "@/lib/crypto/keyring";
import { seal } from "@/lib/crypto/seal";
import type { Database } from "@/lib/db/client";
import { uuidv7 } from "@/lib/db/id";
import { seedProvider } from "@/test/context";
import { copyRows } from "./copy";
import { vacuum } from "./vacuum";

export interface RefreshSeed {
  providerId: string;
  /** Names and organizations, a connection each. */
  connected: { name: string; organizationId: string }[];
}

const nameOf = (index: number) => `Service_${String(index).padStart(4, "0")}`;

/**
 * Fills an empty, migrated database with connections whose tokens are fresh for a day: one integration for each token
 * URL, and as many organizations as it takes.
 */
export async function seedRefresh(
  db: Database,
  url: string,
  keyring: Keyring,
  { tokenUrls, connections }: { tokenUrls: string[]; connections: number },
): Promise<RefreshSeed> {
  const now = new Date();
  const tomorrow = new Date(now.getTime() + 24 * 3_600_000);
  const { id: providerId } = await seedProvider(db);
  const integrations = tokenUrls.map((tokenUrl, index) => ({ id: uuidv7(), name: nameOf(index), tokenUrl }));
  const organizations = Array.from({ length: Math.ceil(connections / tokenUrls.length) }, () => uuidv7());
  const mappings = organizations
    .flatMap((organizationId) =>
      integrations.map((integration) => ({ integration, organizationId, id: uuidv7() })),
    )
    .slice(0, connections);
  const sealed = (table: string, id: string, field: string, plain: string) =>
    seal(keyring, { table, id, field }, plain);

  await copyRows(
    url,
    "Organization",
    ["id", "name", "createdAt", "updatedAt"],
    organizations.map((id, index) => [id, `Customer ${String(index).padStart(6, "0")}`, now, now]),
  );
  await copyRows(
    url,
    "CallbackSlug",
    ["slug"],
    integrations.map(({ name }) => [name.toLowerCase()]),
  );
  await copyRows(
    url,
    "Integration",
    ["id", "name", "slug", "createdAt", "updatedAt"],
    integrations.map(({ id, name }) => [id, name, name.toLowerCase(), now, now]),
  );
  await copyRows(url, "OAuthClient", CLIENT_COLUMNS, integrations.map(clientRow));
  await copyRows(
    url,
    "Mapping",
    ["id", "integrationId", "organizationId", "createdAt", "updatedAt"],
    mappings.map(({ id, integration, organizationId }) => [id, integration.id, organizationId, now, now]),
  );
  await copyRows(
    url,
    "MappingTally",
    ["integrationId", "part", "mapped"],
    integrations.map(({ id }) => [id, 0, organizations.length]),
  );
  await copyRows(url, "Connection", CONNECTION_COLUMNS, connectionRows());
  await vacuum(url);
  const connected = mappings.map(({ integration, organizationId }) => ({
    name: integration.name,
    organizationId,
  }));
  return { providerId, connected };

  function clientRow({ id: integrationId, tokenUrl }: (typeof integrations)[number]) {
    const id = uuidv7();
    const secret = sealed("OAuthClient", id, "clientSecret", "client-secret");
    const authorizationUrl = tokenUrl.replace(/token$/, "authorize");
    return [
      id,
      integrationId,
      "authorization_code",
      "client",
      secret,
      authorizationUrl,
      tokenUrl,
      "{}",
      now,
      now,
    ];
  }
  function* connectionRows() {
    for (const { id: mappingId, integration } of mappings) {
      const id = uuidv7();
      const accessToken = sealed("Connection", id, "accessToken", "a".repeat(1_500));
      const refreshToken = sealed("Connection", id, "refreshToken", "r".repeat(800));
      const { origin } = new URL(integration.tokenUrl);
      yield [
        id,
        integration.id,
        mappingId,
        "active",
        accessToken,
        refreshToken,
        "Bearer",
        origin,
        tomorrow,
        tomorrow,
        uuidv7(),
        1,
        1,
        now,
        now,
      ];
    }
  }
}

const CLIENT_COLUMNS =
  "id integrationId flowType clientId clientSecret authorizationUrl tokenUrl scopes createdAt updatedAt".split(
    " ",
  );
const CONNECTION_COLUMNS =
  "id integrationId mappingId status accessToken refreshToken tokenType tokenOrigin expiresAt dueAt grantId attempt tokenVersion createdAt updatedAt".split(
    " ",
  );
