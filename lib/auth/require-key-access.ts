import type { Pool } from "pg";
import { AppError } from "@/lib/errors";
import type { Actor } from "./actor.ts";

/** What of the installation a call is about; null where it is about none in particular. */
export interface KeyTarget {
  integrationId: string | null;
  organizationId: string | null;
}

/** To which organizations an API key is limited; null: to none in particular. */
export type KeyOrganizations = string[] | null;

const SQL = `SELECT
  k."revokedAt" IS NULL AND o."isActive" AND (k."expiresAt" IS NULL OR k."expiresAt" > clock_timestamp()) AS lives,
  NOT k."limitsIntegrations" OR $2::uuid IS NULL OR EXISTS (SELECT FROM "ApiKeyIntegration" a
    WHERE a."apiKeyId" = k.id AND a."integrationId" = $2) AS "integrationAllowed",
  CASE WHEN k."limitsOrganizations" THEN ARRAY(SELECT a."organizationId"::text FROM "ApiKeyOrganization" a
    WHERE a."apiKeyId" = k.id) END AS organizations
FROM "ApiKey" k JOIN "Organization" o ON o.id = k."organizationId" WHERE k.id = $1`;

interface Row {
  lives: boolean;
  integrationAllowed: boolean;
  organizations: KeyOrganizations;
}

/**
 * Asks the database whether an API key lives and is not limited to other integrations or organizations; every other actor
 * passes. Which permission is needed is `requirePermission`'s to say.
 * @returns the organizations that the key is limited to, for lists
 * @throws AppError `unauthenticated`, `scope_forbidden`, `permission_denied`
 */
export async function requireKeyAccess(
  pool: Pool,
  actor: Actor,
  target: KeyTarget,
): Promise<KeyOrganizations> {
  if (actor.type !== "api_key") return null;
  const values = [actor.id, target.integrationId];
  const { rows } = await pool.query<Row>({ name: "require-key-access", text: SQL, values });
  const [key] = rows;
  if (!key?.lives)
    throw new AppError("unauthenticated", "This API key is no longer valid. Create another one.");
  if (key.organizations && target.organizationId && !key.organizations.includes(target.organizationId)) {
    throw new AppError(
      "scope_forbidden",
      "This API key is limited to certain organizations, and this is none of them. Name one of them as the scope, or use another key.",
    );
  }
  if (!key.integrationAllowed) {
    throw new AppError(
      "permission_denied",
      "This API key is limited to certain integrations, and this is none of them. Use another key.",
    );
  }
  return key.organizations;
}
