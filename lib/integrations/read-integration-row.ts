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
  /** The key is not limited to organizations, or the target is one of them. */
  target_allowed: boolean;
  integration_allowed: boolean;
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
  lends_default_to_keys: boolean;
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

const connection = (alias: string) =>
  `CASE WHEN ${alias}.id IS NULL THEN NULL ELSE json_build_object(${CONNECTION_COLUMNS.map((column) => `'${column}', ${alias}."${column}"`).join(", ")}) END`;

const stored = (alias: string) =>
  `CASE WHEN ${alias}.id IS NULL THEN NULL ELSE json_build_object('id', ${alias}.id, 'value', ${alias}.value, 'sealed', ${alias}.sealed) END`;

/**
 * One statement for the whole answer, in one JSON column, since telling the driver of fifty columns costs more than the read.
 * It always gives one row, so that "no such organization" and "no such integration" stay apart.
 */
const SQL = `
SELECT json_build_object(
  'now', clock_timestamp(),
  'key_lives', $3::uuid IS NULL OR (k.id IS NOT NULL AND k."revokedAt" IS NULL AND ko."isActive"
    AND (k."expiresAt" IS NULL OR k."expiresAt" > clock_timestamp())),
  'target_allowed', k."limitsOrganizations" IS NOT TRUE OR EXISTS (SELECT FROM "ApiKeyOrganization" a
    WHERE a."apiKeyId" = k.id AND a."organizationId" = $2),
  'integration_allowed', k."limitsIntegrations" IS NOT TRUE OR EXISTS (SELECT FROM "ApiKeyIntegration" a
    WHERE a."apiKeyId" = k.id AND a."integrationId" = i.id),
  'target_id', t.id, 'id', i.id, 'name', i.name, 'owner_id', i."organizationId",
  'default_entity_id', i."defaultEntityId", 'api_hosts', i."apiHosts", 'policy', i."organizationPolicy",
  'lends_default_to_keys', i."lendsDefaultToKeys",
  'mapping_id', m.id, 'mapping_entity_id', m."entityId", 'mapping_entity_name', m."entityName",
  'client_row_id', c.id, 'client_id', c."clientId", 'client_secret', c."clientSecret", 'flow_type', c."flowType",
  'authorization_url', c."authorizationUrl", 'token_url', c."tokenUrl", 'scopes', c.scopes,
  'own', ${connection("own")},
  'byDefault', ${connection("def")},
  'fields', (SELECT json_agg(json_build_object('key', f.key, 'type', f.type, 'default', ${stored("d")}, 'override', ${stored("o")})
      ORDER BY f.position, f.key)
    FROM "ConfigField" f
    LEFT JOIN "ConfigValue" d ON d."fieldId" = f.id AND d."integrationId" = f."integrationId" AND d."mappingId" IS NULL
    LEFT JOIN "ConfigValue" o ON o."fieldId" = f.id AND o."mappingId" = m.id
    WHERE f."integrationId" = i.id)
)::text AS answer
FROM (SELECT) AS always
LEFT JOIN "ApiKey" k ON k.id = $3
LEFT JOIN "Organization" ko ON ko.id = k."organizationId"
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

type Dated<Row> = Row & { now: string; own?: DatedConnection | null; byDefault?: DatedConnection | null };
type DatedConnection = Omit<ConnectionRow, "expiresAt"> & { expiresAt: string | null };

/** Reads that wait for the end of this turn of the event loop, by what they ask. */
const waiting = new WeakMap<Pool, Map<string, Promise<ReadRow>>>();

/**
 * Reads everything an answer needs in one prepared statement on the pool. Equal reads of one turn of the event loop, the burst
 * of many scripts with one key, share a statement: it is sent after each of them was asked for, so none sees older data.
 */
export function readIntegration(pool: Pool, input: ReadIntegrationInput): Promise<ReadRow> {
  const reads = waiting.get(pool) ?? new Map<string, Promise<ReadRow>>();
  waiting.set(pool, reads);
  const question = `${input.apiKeyId} ${input.targetId} ${input.name}`;
  let read = reads.get(question);
  if (!read) {
    read = new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      reads.delete(question);
      return readNow(pool, input);
    });
    reads.set(question, read);
  }
  return read;
}

async function readNow(pool: Pool, input: ReadIntegrationInput): Promise<ReadRow> {
  const result = await pool.query<{ answer: string }>({
    name: "read-integration",
    text: SQL,
    values: [input.name, input.targetId, input.apiKeyId],
  });
  const answer = result.rows[0]?.answer;
  if (answer === undefined) throw new Error("The statement that reads an integration gave no row.");
  const row = JSON.parse(answer) as Dated<Omit<ReadRow, "now" | "own" | "byDefault">>;
  return {
    ...row,
    now: new Date(row.now),
    own: withDate(row.own ?? null),
    byDefault: withDate(row.byDefault ?? null),
  } as ReadRow;
}

function withDate(connection: DatedConnection | null): ConnectionRow | null {
  return (
    connection && {
      ...connection,
      expiresAt: connection.expiresAt === null ? null : new Date(connection.expiresAt),
    }
  );
}
