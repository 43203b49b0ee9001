import type { Keyring } from "@/lib/crypto/keyring";
import { seal } from "@/lib/crypto/seal";
import type { Database } from "@/lib/db/client";
import { uuidv7 } from "@/lib/db/id";
import { seedProvider } from "@/test/context";
import { copyRows } from "./copy";
import { vacuum } from "./vacuum";

/** Mappings are spread evenly: each integration maps the same number of organizations, others each time. */
export interface Size {
  integrations: number;
  organizations: number;
  mappings: number;
}

/** One mapping in so many has a connection of its own and a secret override; these are the ones that are read. */
const OWN_CONNECTION_EVERY = 10;
const MISSING_EVERY = 7;
const FIELDS = [
  { key: "base_url", type: "string", required: true },
  { key: "timeout", type: "int", required: false },
  { key: "api_key", type: "secret", required: true },
] as const;

export interface Seeded {
  /** Names and organizations of mappings with a connection of their own. */
  connected: { name: string; organizationId: string }[];
  providerId: string;
}

/** Fills an empty, migrated database by COPY; what it makes is what the verbs would have stored. */
export async function seed(db: Database, url: string, keyring: Keyring, size: Size): Promise<Seeded> {
  const now = new Date();
  const expiresAt = new Date(now.getTime() + 24 * 3_600_000);
  const token = "a".repeat(1_500);
  const { id: providerId } = await seedProvider(db);
  const ids = (count: number) => Array.from({ length: count }, () => uuidv7());
  const organizations = ids(size.organizations);
  const integrations = ids(size.integrations);
  const nameOf = (index: number) => `Service_${String(index).padStart(4, "0")}`;
  const mappingsEach = Math.floor(size.mappings / size.integrations);
  const step = Math.max(1, Math.floor(size.organizations / mappingsEach));
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
    integrations.map((_, index) => [nameOf(index).toLowerCase()]),
  );
  await copyRows(
    url,
    "Integration",
    ["id", "name", "slug", "createdAt", "updatedAt"],
    integrations.map((id, index) => [id, nameOf(index), nameOf(index).toLowerCase(), now, now]),
  );
  await copyRows(
    url,
    "OAuthClient",
    "id integrationId flowType clientId clientSecret authorizationUrl tokenUrl scopes createdAt updatedAt".split(
      " ",
    ),
    integrations.map((integrationId) => {
      const id = uuidv7();
      const host = "https://login.example.com/{entity_id}";
      const secret = sealed("OAuthClient", id, "clientSecret", "client-secret");
      const urls = [`${host}/authorize`, `${host}/token`];
      return [
        id,
        integrationId,
        "authorization_code",
        "client",
        secret,
        ...urls,
        "{offline_access}",
        now,
        now,
      ];
    }),
  );
  const fields = integrations.map(() => FIELDS.map((field) => ({ id: uuidv7(), ...field })));
  await copyRows(
    url,
    "ConfigField",
    ["id", "integrationId", "key", "type", "required", "position"],
    integrations.flatMap((integrationId, index) =>
      (fields[index] ?? []).map(({ id, key, type, required }, position) => [
        id,
        integrationId,
        key,
        type,
        required,
        position,
      ]),
    ),
  );
  const mappings = ids(size.mappings);
  const placeOf = (index: number) => {
    const integration = index % size.integrations;
    const nth = Math.floor(index / size.integrations);
    return { integration, organization: (nth * step + integration) % size.organizations };
  };
  await copyRows(url, "Mapping", MAPPING_COLUMNS, mappingRows());
  await copyRows(
    url,
    "MappingTally",
    ["integrationId", "part", "mapped"],
    integrations.map((id) => [id, 0, mappingsEach]),
  );
  await copyRows(url, "ConfigValue", VALUE_COLUMNS, valueRows());
  await copyRows(url, "Connection", CONNECTION_COLUMNS, connectionRows());
  await vacuum(url);
  return { connected: connected(), providerId };

  function* mappingRows() {
    for (const [index, id] of mappings.entries()) {
      const { integration, organization } = placeOf(index);
      yield [id, integrations[integration], organizations[organization], `entity-${organization}`, now, now];
    }
  }
  function* valueRows() {
    for (const [index, integrationId] of integrations.entries()) {
      const id = uuidv7();
      const secret = sealed("ConfigValue", id, "value", "default-api-key");
      const [, timeout, apiKey] = fields[index] ?? [];
      yield [uuidv7(), integrationId, timeout?.id, null, "30", null];
      yield [id, integrationId, apiKey?.id, null, null, secret];
    }
    for (const [index, mappingId] of mappings.entries()) {
      const { integration, organization } = placeOf(index);
      const [baseUrl, , apiKey] = fields[integration] ?? [];
      const url = `"https://customer-${organization}.example.com"`;
      // base_url has no default: where it is not overridden either, it is missing.
      if (index % MISSING_EVERY !== 3) {
        yield [uuidv7(), integrations[integration], baseUrl?.id, mappingId, url, null];
      }
      if (!isConnected(index)) continue;
      const id = uuidv7();
      const secret = sealed("ConfigValue", id, "value", `own-api-key-${index}`);
      yield [id, integrations[integration], apiKey?.id, mappingId, null, secret];
    }
  }
  function* connectionRows() {
    const make = (integrationId: string, mappingId: string | null, entityId: string) => {
      const id = uuidv7();
      const secret = (field: string, plain: string) => sealed("Connection", id, field, plain);
      const accessToken = secret("accessToken", token);
      const refreshToken = secret("refreshToken", "r".repeat(800));
      return [
        id,
        integrationId,
        mappingId,
        "active",
        accessToken,
        refreshToken,
        "Bearer",
        expiresAt,
        uuidv7(),
        1,
        1,
        entityId,
        now,
        now,
      ];
    };
    for (const integrationId of integrations) yield make(integrationId, null, "default");
    for (const [index, mappingId] of mappings.entries()) {
      if (!isConnected(index)) continue;
      const { integration, organization } = placeOf(index);
      yield make(integrations[integration] ?? "", mappingId, `entity-${organization}`);
    }
  }
  function isConnected(index: number): boolean {
    return Math.floor(index / size.integrations) % OWN_CONNECTION_EVERY === 0;
  }
  function connected() {
    return mappings.flatMap((_, index) => {
      const { integration, organization } = placeOf(index);
      const organizationId = organizations[organization];
      return isConnected(index) && organizationId ? [{ name: nameOf(integration), organizationId }] : [];
    });
  }
}

const MAPPING_COLUMNS = ["id", "integrationId", "organizationId", "entityId", "createdAt", "updatedAt"];
const VALUE_COLUMNS = ["id", "integrationId", "fieldId", "mappingId", "value", "sealed"];
const CONNECTION_COLUMNS =
  "id integrationId mappingId status accessToken refreshToken tokenType expiresAt grantId attempt tokenVersion entityId createdAt updatedAt".split(
    " ",
  );
