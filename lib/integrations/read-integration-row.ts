import type { Pool } from "pg";
import type { ConfigFieldValues, ConnectionStatus } from "./rules";

/** One of the two connections that can serve a target, as stored: tokens are sealed. */
export interface ConnectionRow {
  id: string;
  status: ConnectionStatus;
  errorCode: string | null;
  errorMessage: string | null;
  accessToken: string | null;
  refreshToken: string | null;
  extra: string | null;
  tokenType: string | null;
  expiresAt: Date | null;
  grantedScopes: string[];
  accountSubject: string | null;
  accountLabel: string | null;
  entityId: string | null;
  tokenVersion: number;
}

interface Answer {
  /** PostgreSQL's clock: a token's expiry is judged by the clock that wrote it. */
  now: Date;
  key_lives: boolean;
  target_id: string | null;
}

export interface NoIntegrationRow extends Answer {
  id: null;
}

interface FoundRow extends Answer {
  id: string;
  name: string;
  owner_id: string | null;
  default_entity_id: string | null;
  api_hosts: string[];
  policy: "default" | "derived" | "none";
  mapping_id: string | null;
  mapping_entity_id: string | null;
  mapping_entity_name: string | null;
  fields: ConfigFieldValues[] | null;
  own: ConnectionRow | null;
  byDefault: ConnectionRow | null;
}

interface NoClient {
  client_id: null;
}

interface ClientColumns {
  client_id: string;
  client_row_id: string;
  client_secret: string | null;
  flow_type: "authorization_code" | "client_credentials";
  authorization_url: string | null;
  token_url: string;
  scopes: string[];
}

export type OAuthIntegrationRow = FoundRow & ClientColumns;
export type IntegrationRow = (FoundRow & NoClient) | OAuthIntegrationRow;
export type ReadRow = NoIntegrationRow | IntegrationRow;

const CONNECTION_COLUMNS = [
  "id",
  "status",
  "errorCode",
  "errorMessage",
  "accessToken",
  "refreshToken",
  "extra",
  "tokenType",
  "expiresAt",
  "grantedScopes",
  "accountSubject",
  "accountLabel",
  "entityId",
  "tokenVersion",
] as const satisfies readonly (keyof ConnectionRow)[];

const connectionColumns = (alias: string) =>
  CONNECTION_COLUMNS.map((column) => `${alias}."${column}" AS "${alias}_${column}"`).join(", ");

const stored = (alias: string) =>
  `CASE WHEN ${alias}.id IS NULL THEN NULL ELSE json_build_object('id', ${alias}.id, 'value', ${alias}.value, 'sealed', ${alias}.sealed) END`;

/** One statement for the whole answer; it always gives one row, so that "no such organization" and "no such integration" stay apart. */
const SQL = `
SELECT clock_timestamp() AS now,
  ($3::uuid IS NULL OR EXISTS (
    SELECT FROM "ApiKey" k JOIN "Organization" ko ON ko.id = k."organizationId"
    WHERE k.id = $3 AND k."revokedAt" IS NULL AND (k."expiresAt" IS NULL OR k."expiresAt" > clock_timestamp())
      AND ko."isActive")) AS key_lives,
  t.id AS target_id,
  i.id, i.name, i."organizationId" AS owner_id, i."defaultEntityId" AS default_entity_id,
  i."apiHosts" AS api_hosts, i."organizationPolicy" AS policy,
  m.id AS mapping_id, m."entityId" AS mapping_entity_id, m."entityName" AS mapping_entity_name,
  c.id AS client_row_id, c."clientId" AS client_id, c."clientSecret" AS client_secret, c."flowType" AS flow_type,
  c."authorizationUrl" AS authorization_url, c."tokenUrl" AS token_url, c.scopes,
  ${connectionColumns("own")}, ${connectionColumns("def")},
  (SELECT json_agg(json_build_object('key', f.key, 'type', f.type, 'default', ${stored("d")}, 'override', ${stored("o")})
      ORDER BY f.position, f.key)
    FROM "ConfigField" f
    LEFT JOIN "ConfigValue" d ON d."fieldId" = f.id AND d."mappingId" IS NULL
    LEFT JOIN "ConfigValue" o ON o."fieldId" = f.id AND o."mappingId" = m.id
    WHERE f."integrationId" = i.id) AS fields
FROM (SELECT) AS always
LEFT JOIN "Organization" t ON t.id = $2 AND t."isActive"
LEFT JOIN LATERAL (
  SELECT * FROM "Integration" x WHERE x.name = $1 AND (x."organizationId" IS NULL OR x."organizationId" = $2)
  ORDER BY x."organizationId" NULLS LAST LIMIT 1) i ON true
LEFT JOIN "Mapping" m ON m."integrationId" = i.id AND m."organizationId" = $2
LEFT JOIN "OAuthClient" c ON c."integrationId" = i.id
LEFT JOIN "Connection" own ON own."mappingId" = m.id
LEFT JOIN "Connection" def ON def."integrationId" = i.id AND def."mappingId" IS NULL`;

export interface ReadIntegrationInput {
  name: string;
  /** Null: the defaults alone. */
  targetId: string | null;
  /** Null: the caller is no API key. */
  apiKeyId: string | null;
}

/** Reads everything an answer needs in one prepared statement on the pool. */
export async function readIntegration(pool: Pool, input: ReadIntegrationInput): Promise<ReadRow> {
  const result = await pool.query<Record<string, unknown>>({
    name: "read-integration",
    text: SQL,
    values: [input.name, input.targetId, input.apiKeyId],
  });
  const row = result.rows[0];
  if (!row) throw new Error("The statement that reads an integration gave no row.");
  row["own"] = connectionOf(row, "own");
  row["byDefault"] = connectionOf(row, "def");
  return row as unknown as ReadRow;
}

function connectionOf(row: Record<string, unknown>, alias: "own" | "def"): ConnectionRow | null {
  if (row[`${alias}_id`] === null) return null;
  const entries = CONNECTION_COLUMNS.map((column) => [column, row[`${alias}_${column}`]]);
  return Object.fromEntries(entries) as ConnectionRow;
}
