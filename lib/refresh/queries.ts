import type { Pool } from "pg";
import { graceSecondsOf, type ClientSource } from "@/lib/connections/resolve-client";
import { type ClientFault, type RefreshFacts, SLEEPS_AFTER_DAYS } from "./rules";

/** A connection with all that a refresh needs, read in one statement. */
export interface RefreshRow {
  /** The database's clock at the read. */
  now: Date;
  id: string;
  integrationId: string;
  integrationName: string;
  organizationId: string | null;
  grantId: string;
  attempt: number;
  tokenVersion: number;
  failures: number;
  /** Sealed. */
  refreshToken: string | null;
  extra: string | null;
  tokenOrigin: string | null;
  dueAt: Date | null;
  refreshTokenExpiresAt: Date | null;
  /** Nobody has read it for a week. */
  isAsleep: boolean;
  errorCode: string | null;
  errorMessage: string | null;
  /** The default connection, whose refresh token makes a derived one's access tokens; null for every other. */
  parent: {
    id: string;
    status: RefreshFacts["status"];
    refreshToken: string | null;
    tokenOrigin: string | null;
  } | null;
  /** What ails the integration's OAuth client; null: nothing. */
  clientFault: ClientFault | null;
  facts: RefreshFacts;
  source: ClientSource;
}

/** Nobody has read the connection `c` for a week. */
export const SLEEPS = `coalesce(coalesce(c."lastReadAt", c."connectedAt") < clock_timestamp() - interval '${SLEEPS_AFTER_DAYS} days', false)`;

const COLUMNS = `c."id", c."integrationId", i."name" AS "integrationName", coalesce(m."organizationId", i."organizationId") AS "organizationId",
  c."grantId", c."attempt", c."tokenVersion", c."failures", c."refreshToken", c."extra", c."tokenOrigin", c."dueAt",
  c."errorCode", c."errorMessage", c."status", c."expiresAt", c."unanswered", c."leaseUntil", c."nextTryAt",
  c."forbiddenUntil", c."attemptEndedAt", i."presetId", i."apiHosts", to_jsonb(o) AS client,
  coalesce(m."entityId", i."defaultEntityId") AS "entityId",
  CASE WHEN c."kind" = 'derived' THEN (SELECT json_build_object('id', d."id", 'status', d."status",
      'refreshToken', d."refreshToken", 'tokenOrigin', d."tokenOrigin")
    FROM "Connection" d WHERE d."integrationId" = i."id" AND d."mappingId" IS NULL) END AS parent,
  CASE WHEN c."nextTryAt" > clock_timestamp() THEN coalesce((SELECT a."outcome" = 'unknown' FROM "ConnectionActivity" a
    WHERE a."connectionId" = c."id" ORDER BY a."occurredAt" DESC LIMIT 1), false) ELSE false END AS "lastWasUnknown",
  c."kind" = 'derived' AS "isDerived", c."refreshTokenExpiresAt", ${SLEEPS} AS "isAsleep"`;

const FIELDS = `(SELECT json_agg(json_build_object('key', f."key", 'type', f."type",
      'value', coalesce(v."value", d."value")))
    FROM "ConfigField" f
    LEFT JOIN "ConfigValue" d ON d."fieldId" = f."id" AND d."mappingId" IS NULL
    LEFT JOIN "ConfigValue" v ON v."fieldId" = f."id" AND v."mappingId" = m."id"
    WHERE f."integrationId" = i."id" AND f."type" <> 'secret')`;

const READ = `SELECT clock_timestamp() AS now, ${COLUMNS}, ${FIELDS} AS fields
  FROM "Connection" c JOIN "Integration" i ON i."id" = c."integrationId"
  JOIN "OAuthClient" o ON o."integrationId" = i."id" LEFT JOIN "Mapping" m ON m."id" = c."mappingId"
  WHERE c."id" = $1`;

type Raw = Omit<RefreshRow, "facts" | "source" | "clientFault"> &
  Omit<
    RefreshFacts,
    "flowType" | "hasRefreshToken" | "unansweredPolicy" | "refreshTokensReusable" | "refreshTokenGraceSeconds"
  > & {
    presetId: string | null;
    apiHosts: string[];
    client: ClientSource["integration"]["oauthClient"];
    entityId: string | null;
    fields: ClientSource["fields"] | null;
  };

/** Null when the connection, or its OAuth client, is gone. */
export async function readRefreshRow(pool: Pool, id: string): Promise<RefreshRow | null> {
  const { rows } = await pool.query<Raw>({ name: "read-refresh-row", text: READ, values: [id] });
  return rows[0] ? toRow(rows[0]) : null;
}

function toRow({ client, presetId, apiHosts, entityId, fields, ...row }: Raw): RefreshRow {
  return {
    ...row,
    clientFault: client.errorCode === null ? null : faultOf(client.errorCode, client),
    facts: {
      ...row,
      flowType: client.flowType,
      hasRefreshToken: row.isDerived ? row.parent?.refreshToken != null : row.refreshToken !== null,
      unansweredPolicy: client.unansweredPolicy,
      refreshTokensReusable: client.refreshTokensReusable,
      refreshTokenGraceSeconds: graceSecondsOf(presetId),
    },
    source: { integration: { presetId, apiHosts, oauthClient: client }, entityId, fields: fields ?? [] },
  };
}

/** The client comes as JSON, whose times are texts. */
function faultOf(code: string, { errorMessage, probeAt }: Raw["client"]): ClientFault {
  return { code, message: errorMessage, probeAt: probeAt && new Date(probeAt) };
}

// `now()`, which an index can be asked for, unlike `clock_timestamp()`: without it each look would read all of an origin.
const DUE = `WITH due AS MATERIALIZED (
    SELECT c."id" FROM "Connection" c JOIN "OAuthClient" o ON o."integrationId" = c."integrationId"
    WHERE c."tokenOrigin" = $1 AND c."dueAt" <= now()
      AND (c."nextTryAt" IS NULL OR c."nextTryAt" <= now())
      AND (c."forbiddenUntil" IS NULL OR c."forbiddenUntil" <= now())
      AND (c."leaseUntil" IS NULL OR c."leaseUntil" <= now())
      AND (o."errorCode" IS NULL OR o."probeAt" <= now())
      AND NOT EXISTS (SELECT FROM "Installation" WHERE "publicUrl" <> $3)
    ORDER BY c."dueAt" LIMIT $2)
  SELECT clock_timestamp() AS now, ${COLUMNS}, ${FIELDS} AS fields
  FROM due JOIN "Connection" c ON c."id" = due."id" JOIN "Integration" i ON i."id" = c."integrationId"
  JOIN "OAuthClient" o ON o."integrationId" = i."id" LEFT JOIN "Mapping" m ON m."id" = c."mappingId"
  ORDER BY c."dueAt"`;

/**
 * Connections of one token origin that the schedule should refresh now, the most overdue first; none where this copy of
 * the database may not present refresh tokens.
 */
export async function listDue(
  pool: Pool,
  { origin, limit, publicUrl }: { origin: string; limit: number; publicUrl: string },
): Promise<RefreshRow[]> {
  const values = [origin, limit, publicUrl];
  const { rows } = await pool.query<Raw>({ name: "list-due", text: DUE, values });
  return rows.map(toRow);
}

// A loose index scan: one step per origin, however many connections each has.
const ORIGINS_CTE = `WITH RECURSIVE origins AS (
    (SELECT "tokenOrigin" AS origin FROM "Connection" WHERE "dueAt" IS NOT NULL AND "tokenOrigin" IS NOT NULL
      ORDER BY "tokenOrigin" LIMIT 1)
    UNION ALL
    SELECT (SELECT "tokenOrigin" FROM "Connection" WHERE "dueAt" IS NOT NULL AND "tokenOrigin" > origins.origin
      ORDER BY "tokenOrigin" LIMIT 1) FROM origins WHERE origins.origin IS NOT NULL)`;
// And of each origin one look at what it has due: a lane for every one that has nothing would look each second too. Joined
// with a limit, as PostgreSQL would rather read the whole backlog for an `EXISTS`.
const ORIGINS = `${ORIGINS_CTE} SELECT origin FROM origins, LATERAL (
    SELECT FROM "Connection" c WHERE c."tokenOrigin" = origin AND c."dueAt" <= now() LIMIT 1) AS due`;

/** Every token origin that has connections due by now, such as are held for the moment included. */
export async function listOrigins(pool: Pool): Promise<string[]> {
  const { rows } = await pool.query<{ origin: string }>({ name: "list-origins", text: ORIGINS });
  return rows.map((row) => row.origin);
}

/**
 * Whether this copy of the database may present refresh tokens: not while it runs under another address than the one on
 * record, as another copy may still run there and spend the same tokens.
 */
export async function isRefreshingAllowed(pool: Pool, publicUrl: string): Promise<boolean> {
  const { rows } = await pool.query<{ publicUrl: string | null }>({
    name: "installation-address",
    text: `SELECT "publicUrl" FROM "Installation" LIMIT 1`,
  });
  const recorded = rows[0]?.publicUrl ?? null;
  return recorded === null || recorded === publicUrl;
}

// Each origin's part of the index Connection_due up to now, and the rows in it: as much work as there is backlog.
const COUNT_DUE = `${ORIGINS_CTE}, waiting AS (
    SELECT greatest(c."dueAt", c."nextTryAt", c."forbiddenUntil", c."leaseUntil", o."probeAt") AS since,
      o."errorCode" IS NULL OR o."probeAt" IS NOT NULL AS may
    FROM origins JOIN "Connection" c ON c."tokenOrigin" = origins.origin AND c."dueAt" <= now()
    JOIN "OAuthClient" o ON o."integrationId" = c."integrationId")
  SELECT count(*) FILTER (WHERE may AND since <= now())::int AS ready,
    count(*) FILTER (WHERE NOT may OR since > now())::int AS held,
    coalesce(extract(epoch FROM now() - min(since) FILTER (WHERE may AND since <= now())), 0)::float8 AS "oldestSeconds"
  FROM waiting`;

/** What waits for the schedule: `ready` to be refreshed now, or `held` by what forbids it for the moment. */
export async function countDue(pool: Pool): Promise<{ ready: number; held: number; oldestSeconds: number }> {
  const { rows } = await pool.query<{ ready: number; held: number; oldestSeconds: number }>(COUNT_DUE);
  return rows[0] ?? { ready: 0, held: 0, oldestSeconds: 0 };
}
