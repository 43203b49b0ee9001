import type { Pool } from "pg";
import type { Services } from "@/lib/auth/context";
import { templateValues, type TemplateField } from "@/lib/connections/rules";
import { uuidv7 } from "@/lib/db/id";
import { hasOwnTokenUrl } from "@/lib/integrations/rules";
import { resolveUrlTemplate } from "@/lib/oauth/templates";

/** A mapping whose token comes without a person, and that has no connection for it yet. */
interface Candidate {
  mappingId: string;
  kind: "own" | "derived";
  tokenUrl: string;
  apiHosts: string[];
  entityId: string | null;
  defaultEntityId: string | null;
  /** Where the default consent was given; null where there is none that can be used. */
  defaultOrigin: string | null;
  fields: (TemplateField & { isOverride: boolean })[] | null;
}

/** Integrations whose mapped organizations get tokens by themselves; somebody's own is mapped for nobody else. */
const PROVIDING = `SELECT i."id" FROM "OAuthClient" o JOIN "Integration" i ON i."id" = o."integrationId"
  WHERE i."organizationId" IS NULL AND o."tokenUrl" LIKE '%{%' AND (o."flowType" = 'client_credentials'
    OR i."organizationPolicy" = 'derived' AND o."refreshTokensReusable")`;

const candidates = (condition: string) => `SELECT m."id" AS "mappingId",
    CASE o."flowType" WHEN 'client_credentials' THEN 'own' ELSE 'derived' END AS kind,
    o."tokenUrl", i."apiHosts", m."entityId", i."defaultEntityId", d."tokenOrigin" AS "defaultOrigin",
    (SELECT json_agg(json_build_object('key', f."key", 'type', f."type", 'value', coalesce(v."value", b."value"),
        'isOverride', v."id" IS NOT NULL))
      FROM "ConfigField" f LEFT JOIN "ConfigValue" b ON b."fieldId" = f."id" AND b."mappingId" IS NULL
      LEFT JOIN "ConfigValue" v ON v."fieldId" = f."id" AND v."mappingId" = m."id"
      WHERE f."integrationId" = i."id" AND f."type" <> 'secret') AS fields
  FROM "Mapping" m JOIN "Integration" i ON i."id" = m."integrationId" AND i."organizationId" IS NULL
  JOIN "OAuthClient" o ON o."integrationId" = i."id"
  JOIN "Organization" g ON g."id" = m."organizationId" AND g."isActive"
  LEFT JOIN "Connection" c ON c."mappingId" = m."id"
  LEFT JOIN "Connection" d ON d."integrationId" = i."id" AND d."mappingId" IS NULL
    AND d."status" IN ('active', 'degraded') AND d."refreshToken" IS NOT NULL
  WHERE ${condition} AND o."tokenUrl" LIKE '%{%' AND (c."id" IS NULL OR c."status" = 'not_connected')
    AND (o."flowType" = 'client_credentials' AND c."disconnectedAt" IS NULL
      OR o."flowType" = 'authorization_code' AND i."organizationPolicy" = 'derived' AND o."refreshTokensReusable"
        AND d."id" IS NOT NULL)`;

const ONE = candidates(`m."id" = $1`);
const PAGE = `${candidates(`m."integrationId" = $1 AND ($2::uuid IS NULL OR m."id" > $2)`)} ORDER BY m."id" LIMIT $3`;

const FROM = `FROM "Mapping" m JOIN "Integration" i ON i."id" = m."integrationId"
  JOIN "OAuthClient" o ON o."integrationId" = i."id"`;
const UNCHANGED = `WHERE m."id" = $1 AND m."entityId" IS NOT DISTINCT FROM $2 AND o."tokenUrl" = $3`;

/**
 * `active` without a token yet, expired and due: it can be had without a person. What the decision rests on is held until
 * the row is there: a policy, an entity or a consent that goes meanwhile takes the row along.
 */
const insert = (kind: Candidate["kind"], source: string, account: string) => `
  INSERT INTO "Connection" AS c ("id", "integrationId", "mappingId", "kind", "status", "grantId", "tokenOrigin", "entityId",
    "requestedScopes", "accountSubject", "accountLabel", "expiresAt", "dueAt", "connectedAt", "updatedAt")
  SELECT $4::uuid, i."id", m."id", '${kind}', 'active', $5::uuid, $6, coalesce(m."entityId", i."defaultEntityId"), o."scopes",
    ${account}, clock_timestamp(), clock_timestamp(), clock_timestamp(), clock_timestamp() ${source}
  ON CONFLICT ("mappingId") DO UPDATE SET "kind" = EXCLUDED."kind", "status" = 'active', "grantId" = EXCLUDED."grantId",
    "tokenOrigin" = EXCLUDED."tokenOrigin", "entityId" = EXCLUDED."entityId", "requestedScopes" = EXCLUDED."requestedScopes",
    "accountSubject" = EXCLUDED."accountSubject", "accountLabel" = EXCLUDED."accountLabel",
    "expiresAt" = EXCLUDED."expiresAt", "dueAt" = EXCLUDED."dueAt", "connectedAt" = EXCLUDED."connectedAt",
    "updatedAt" = EXCLUDED."updatedAt"
  WHERE c."status" = 'not_connected'${kind === "own" ? ` AND c."disconnectedAt" IS NULL` : ""}
  RETURNING c."id"`;

const INSERT: Record<Candidate["kind"], { name: string; text: string }> = {
  own: {
    name: "provide-own",
    text: insert(
      "own",
      `${FROM} ${UNCHANGED} AND o."flowType" = 'client_credentials' FOR SHARE OF m, i`,
      "NULL, NULL",
    ),
  },
  derived: {
    name: "provide-derived",
    text: insert(
      "derived",
      `${FROM} JOIN "Connection" d ON d."integrationId" = i."id" AND d."mappingId" IS NULL
      ${UNCHANGED} AND i."organizationPolicy" = 'derived' AND o."refreshTokensReusable" AND d."tokenOrigin" = $6
        AND d."status" IN ('active', 'degraded') AND d."refreshToken" IS NOT NULL FOR SHARE OF m, i, d`,
      `d."accountSubject", d."accountLabel"`,
    ),
  },
};

/**
 * Makes the connection of a mapping whose token comes by itself, due at once: derived from the default consent, or for the
 * client itself at the organization's own token URL.
 * @returns its id, whoever made it; null where no token comes by itself
 */
export async function provideToken({ db: { pool } }: Services, mappingId: string): Promise<string | null> {
  const { rows } = await pool.query<Candidate>({ name: "provide-one", text: ONE, values: [mappingId] });
  const [candidate] = rows;
  const made = candidate ? await provide(pool, candidate) : null;
  if (made !== null) return made;
  const found = await pool.query<{ id: string }>(
    `SELECT "id" FROM "Connection" WHERE "mappingId" = $1 AND "status" <> 'not_connected'`,
    [mappingId],
  );
  return found.rows[0]?.id ?? null;
}

const PAGE_SIZE = 200;

/**
 * Does the same for every mapping, so that the schedule fetches what nobody has read yet.
 * @returns how many connections were made
 */
export async function provideTokens({ db: { pool } }: Services, signal?: AbortSignal): Promise<number> {
  const integrations = await pool.query<{ id: string }>({ name: "providing", text: PROVIDING });
  let made = 0;
  for (const { id } of integrations.rows) {
    for (let after: string | null = null; !signal?.aborted;) {
      const { rows }: { rows: Candidate[] } = await pool.query<Candidate>({
        name: "provide-page",
        text: PAGE,
        values: [id, after, PAGE_SIZE],
      });
      for (const candidate of rows) if ((await provide(pool, candidate)) !== null) made += 1;
      after = rows.at(-1)?.mappingId ?? null;
      if (rows.length < PAGE_SIZE) break;
    }
  }
  return made;
}

async function provide(pool: Pool, candidate: Candidate): Promise<string | null> {
  const origin = originOf(candidate);
  if (origin === null) return null;
  const { kind, mappingId, entityId, tokenUrl } = candidate;
  const values = [mappingId, entityId, tokenUrl, uuidv7(), uuidv7(), origin];
  const { rows } = await pool.query<{ id: string }>({ ...INSERT[kind], values });
  return rows[0]?.id ?? null;
}

/** Where the token would be asked for; null where the mapping does not say so itself, or may not lead there. */
function originOf(candidate: Candidate): string | null {
  const { kind, tokenUrl, apiHosts, entityId, defaultEntityId, defaultOrigin } = candidate;
  const fields = candidate.fields ?? [];
  const overrides = fields.filter(({ isOverride }) => isOverride).map(({ key }) => key);
  if (!hasOwnTokenUrl(tokenUrl, { entityId, overrides })) return null;
  const values = templateValues(entityId ?? defaultEntityId, fields);
  const resolved = resolveUrlTemplate(tokenUrl, values, { allowedHostSuffixes: apiHosts });
  if (!resolved.ok) return null;
  const { origin } = new URL(resolved.url);
  return kind === "own" || origin === defaultOrigin ? origin : null;
}
