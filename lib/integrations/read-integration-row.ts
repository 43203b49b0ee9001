import type { Pool } from "pg";
import type { ConnectionStatus, StoredValue } from "./rules";

/** The connection that can serve a target, as stored: tokens are sealed. */
export interface ConnectionRow {
  id: string;
  /** It is the mapping's own and holds tokens, in whatever state; false: it is the default connection. */
  isOwn: boolean;
  /** The mapping's, made from the default consent. */
  isDerived: boolean;
  status: ConnectionStatus;
  errorCode: string | null;
  errorMessage: string | null;
  accessToken: string | null;
  refreshToken: string | null;
  extra: string | null;
  tokenType: string | null;
  expiresAt: Date | null;
  /** When the schedule refreshes it. */
  dueAt: Date | null;
  grantedScopes: string[];
  accountSubject: string | null;
  accountLabel: string | null;
  accountTenant: string | null;
  entityId: string | null;
  tokenVersion: number;
}

export interface IntegrationRow {
  /** PostgreSQL's clock: a token's expiry is judged by the clock that wrote it. */
  now: Date;
  keyLives: boolean;
  /** The key is not limited to organizations, or the target is one of them. */
  targetAllowed: boolean;
  integrationAllowed: boolean;
  /** Null: the defaults were asked for, or there is no such active organization. */
  targetId: string | null;
  /** Null: the target has no integration of that name, and there is no global one. */
  integration: { id: string; stamp: string } | null;
  mapping: { id: string; entityId: string | null; entityName: string | null } | null;
  /** The mapping's overrides by their field's id. */
  overrides: ReadonlyMap<string, StoredValue>;
  connection: ConnectionRow | null;
}

/** Columns of whichever connection serves: of the two at most one is joined. */
const served = (column: string) => `coalesce(own."${column}", def."${column}")`;

/**
 * One row for each question, so that "no such organization" and "no such integration" stay apart. The questions come as JSON,
 * whose number PostgreSQL does not guess from the parameter, and LIMIT and OFFSET keep each answer a handful of index
 * look-ups: one plan fits every size of the batch and of the tables. The default connection and the global integration are
 * looked for only where there is no own one.
 */
const SQL = `
SELECT q.n, a.* FROM json_to_recordset($1) AS q(n int, name text, target uuid, key uuid)
CROSS JOIN LATERAL (
  SELECT
    date_part('epoch', clock_timestamp()) * 1000 AS now,
    q.key IS NULL OR (k.id IS NOT NULL AND k."revokedAt" IS NULL AND ko."isActive"
      AND (k."expiresAt" IS NULL OR k."expiresAt" > clock_timestamp())) AS "keyLives",
    CASE WHEN k."limitsOrganizations" THEN EXISTS (SELECT FROM "ApiKeyOrganization" x
      WHERE x."apiKeyId" = k.id AND x."organizationId" = q.target) ELSE true END AS "targetAllowed",
    CASE WHEN k."limitsIntegrations" THEN EXISTS (SELECT FROM "ApiKeyIntegration" x
      WHERE x."apiKeyId" = k.id AND x."integrationId" = i.id) ELSE true END AS "integrationAllowed",
    t.id AS "targetId", i.id AS "integrationId", i."definitionStamp" AS stamp,
    m.id AS "mappingId", m."entityId", m."entityName",
    CASE WHEN m.id IS NOT NULL THEN (SELECT json_agg(json_build_array(v."fieldId", v.id, v.value, v.sealed))
      FROM "ConfigValue" v WHERE v."mappingId" = m.id) END::text AS overrides,
    ${served("id")} AS "connectionId", own.id IS NOT NULL AND own.kind = 'own' AS "isOwn",
    own.id IS NOT NULL AND own.kind = 'derived' AS "isDerived", ${served("status")} AS status,
    ${served("errorCode")} AS "errorCode", ${served("errorMessage")} AS "errorMessage",
    ${served("accessToken")} AS "accessToken", ${served("refreshToken")} AS "refreshToken", ${served("extra")} AS extra,
    ${served("tokenType")} AS "tokenType", date_part('epoch', ${served("expiresAt")}) * 1000 AS "expiresAt",
    date_part('epoch', ${served("dueAt")}) * 1000 AS "dueAt",
    to_json(${served("grantedScopes")})::text AS "grantedScopes", ${served("accountSubject")} AS "accountSubject",
    ${served("accountLabel")} AS "accountLabel", ${served("accountTenant")} AS "accountTenant",
    ${served("entityId")} AS "connectionEntityId", ${served("tokenVersion")} AS "tokenVersion"
  FROM (SELECT) AS always
  LEFT JOIN "ApiKey" k ON k.id = q.key
  LEFT JOIN "Organization" ko ON ko.id = k."organizationId"
  LEFT JOIN "Organization" t ON t.id = q.target AND t."isActive"
  LEFT JOIN "Integration" io ON io."organizationId" = q.target AND io.name = q.name
  LEFT JOIN LATERAL (SELECT x.id, x."definitionStamp" FROM "Integration" x
    WHERE io.id IS NULL AND x."organizationId" IS NULL AND x.name = q.name OFFSET 0) ig ON true
  LEFT JOIN LATERAL (SELECT coalesce(io.id, ig.id) AS id,
    coalesce(io."definitionStamp", ig."definitionStamp") AS "definitionStamp") i ON true
  LEFT JOIN "Mapping" m ON m."integrationId" = i.id AND m."organizationId" = q.target
  LEFT JOIN "Connection" own ON own."mappingId" = m.id AND own.status <> 'not_connected'
  LEFT JOIN LATERAL (SELECT * FROM "Connection" x
    WHERE own.id IS NULL AND x."integrationId" = i.id AND x."mappingId" IS NULL OFFSET 0) def ON true
  LIMIT 1) a`;

export interface ReadIntegrationInput {
  name: string;
  /** Null: the defaults alone. */
  targetId: string | null;
  /** Null: the caller is no API key. */
  apiKeyId: string | null;
}

interface Flat extends Omit<ConnectionRow, "id" | "expiresAt" | "dueAt" | "grantedScopes" | "entityId"> {
  n: number;
  now: number;
  keyLives: boolean;
  targetAllowed: boolean;
  integrationAllowed: boolean;
  targetId: string | null;
  integrationId: string | null;
  stamp: string;
  mappingId: string | null;
  entityId: string | null;
  entityName: string | null;
  overrides: string | null;
  connectionId: string | null;
  expiresAt: number | null;
  dueAt: number | null;
  grantedScopes: string;
  connectionEntityId: string | null;
}

interface Waiting {
  input: ReadIntegrationInput;
  resolve: (row: IntegrationRow) => void;
  reject: (error: unknown) => void;
}

interface Queue {
  waiting: Waiting[];
  /** Statements under way. */
  running: number;
  isScheduled: boolean;
}

const MOST_RUNNING = 2;
/** A statement costs about as much as eight answers of it. */
const WORTH_A_STATEMENT = 8;
const MOST_IN_ONE = 64;
const queues = new WeakMap<Pool, Queue>();

/**
 * Reads what an answer depends on: the key's life and limits, the target, the mapping with its overrides, the connection. Many
 * callers at once are answered by one prepared statement, which is sent after each of them asked: none sees older data, and
 * nothing is remembered.
 */
export function readIntegrationRow(pool: Pool, input: ReadIntegrationInput): Promise<IntegrationRow> {
  const queue = queues.get(pool) ?? { waiting: [], running: 0, isScheduled: false };
  queues.set(pool, queue);
  return new Promise((resolve, reject) => {
    queue.waiting.push({ input, resolve, reject });
    if (queue.isScheduled || queue.running >= MOST_RUNNING) return;
    queue.isScheduled = true;
    setImmediate(() => {
      queue.isScheduled = false;
      sendWaiting(pool, queue);
    });
  });
}

function sendWaiting(pool: Pool, queue: Queue): void {
  while (queue.waiting.length > 0 && queue.running < MOST_RUNNING) {
    const batch = queue.waiting.splice(0, shareOf(queue));
    queue.running++;
    answer(pool, batch)
      .catch((error: unknown) => {
        for (const { reject } of batch) reject(error);
      })
      .finally(() => {
        queue.running--;
        sendWaiting(pool, queue);
      });
  }
}

/** Half of those who wait, so that one half is answered while the other is looked up: PostgreSQL and this process both work. */
function shareOf({ waiting, running }: Queue): number {
  const share = Math.ceil(waiting.length / (MOST_RUNNING - running));
  return Math.min(MOST_IN_ONE, Math.max(WORTH_A_STATEMENT, share));
}

async function answer(pool: Pool, batch: Waiting[]): Promise<void> {
  const questions = batch.map(({ input: { name, targetId, apiKeyId } }, n) => ({
    n,
    name,
    target: targetId,
    key: apiKeyId,
  }));
  const { rows } = await pool.query<Flat>({
    name: "read-integration",
    text: SQL,
    values: [JSON.stringify(questions)],
  });
  if (rows.length !== batch.length)
    throw new Error("The statement that reads integrations left questions open.");
  for (const row of rows) batch[row.n]?.resolve(unfold(row));
}

function unfold(row: Flat): IntegrationRow {
  const { targetId, integrationId, stamp, mappingId, entityId, entityName, connectionId } = row;
  return {
    now: new Date(row.now),
    keyLives: row.keyLives,
    targetAllowed: row.targetAllowed,
    integrationAllowed: row.integrationAllowed,
    targetId,
    integration: integrationId === null ? null : { id: integrationId, stamp },
    mapping: mappingId === null ? null : { id: mappingId, entityId, entityName },
    overrides: overridesOf(row.overrides),
    connection: connectionId === null ? null : connectionOf(row, connectionId),
  };
}

type Override = [fieldId: string, id: string, value: StoredValue["value"], sealed: string | null];
const NONE: ReadonlyMap<string, StoredValue> = new Map();

function overridesOf(text: string | null): ReadonlyMap<string, StoredValue> {
  if (text === null) return NONE;
  const overrides = JSON.parse(text) as Override[];
  return new Map(overrides.map(([fieldId, id, value, sealed]) => [fieldId, { id, value, sealed }]));
}

function connectionOf(row: Flat, id: string): ConnectionRow {
  return {
    id,
    isOwn: row.isOwn,
    isDerived: row.isDerived,
    status: row.status,
    errorCode: row.errorCode,
    errorMessage: row.errorMessage,
    accessToken: row.accessToken,
    refreshToken: row.refreshToken,
    extra: row.extra,
    tokenType: row.tokenType,
    expiresAt: row.expiresAt === null ? null : new Date(row.expiresAt),
    dueAt: row.dueAt === null ? null : new Date(row.dueAt),
    grantedScopes: JSON.parse(row.grantedScopes) as string[],
    accountSubject: row.accountSubject,
    accountLabel: row.accountLabel,
    accountTenant: row.accountTenant,
    entityId: row.connectionEntityId,
    tokenVersion: row.tokenVersion,
  };
}
