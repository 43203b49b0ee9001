import { actorOrganizationId, isOutsider, isProviderContext } from "@/lib/auth/actor";
import type { Ctx } from "@/lib/auth/context";
import { tellFailure } from "@/lib/health/rules";
import { tokenEntity } from "./rules";

export const CONNECTION_STATUSES = ["not_connected", "active", "degraded", "reconnect_required"] as const;
export type ConnectionStatusFilter = (typeof CONNECTION_STATUSES)[number];

/** A connection as a list shows it; no token is in it. */
export interface ConnectionItem {
  id: string;
  integrationId: string;
  integrationName: string;
  /** Whose own connection it is; null: the integration's default connection. */
  organizationId: string | null;
  status: ConnectionStatusFilter;
  errorCode: string | null;
  errorMessage: string | null;
  /** Whose token it is. */
  entityId: string | null;
  expiresAt: Date | null;
  lastRefreshAt: Date | null;
}

interface Stored extends ConnectionItem {
  accountTenant: string | null;
  isDerived: boolean;
  /** The integration's; null: global. */
  ownerId: string | null;
}

const SQL = `
SELECT c.id, c."integrationId", i.name AS "integrationName", m."organizationId", c.status, c."errorCode", c."errorMessage",
  c."accountTenant", c."entityId", c."expiresAt", c."lastRefreshAt", c.kind = 'derived' AS "isDerived", i."organizationId" AS "ownerId"
FROM "Connection" c JOIN "Integration" i ON i.id = c."integrationId" LEFT JOIN "Mapping" m ON m.id = c."mappingId"
WHERE ($1::uuid IS NULL OR c.id > $1) AND ($2::text IS NULL OR c.status = $2::text::"ConnectionStatus")
  AND ($3::boolean OR coalesce(m."organizationId", i."organizationId") = $4)
  AND ($6::uuid IS NULL OR NOT (SELECT k."limitsIntegrations" FROM "ApiKey" k WHERE k.id = $6)
    OR EXISTS (SELECT FROM "ApiKeyIntegration" a WHERE a."apiKeyId" = $6 AND a."integrationId" = i.id))
  AND ($6::uuid IS NULL OR NOT (SELECT k."limitsOrganizations" FROM "ApiKey" k WHERE k.id = $6)
    OR EXISTS (SELECT FROM "ApiKeyOrganization" a WHERE a."apiKeyId" = $6
      AND a."organizationId" = coalesce(m."organizationId", i."organizationId")))
ORDER BY c.id LIMIT $5`;

/**
 * The connections that the caller may see, oldest first: a managed caller's are those that its organization owns. A key
 * limited to organizations sees theirs alone, and so no default connection of a global integration.
 */
export async function listConnectionPage(
  ctx: Ctx,
  page: { after: string | null; limit: number; status: ConnectionStatusFilter | null },
): Promise<ConnectionItem[]> {
  const result = await ctx.db.pool.query<Stored>({
    name: "list-connection-page",
    text: SQL,
    values: [
      page.after,
      page.status,
      isProviderContext(ctx.actor),
      actorOrganizationId(ctx.actor),
      page.limit,
      ctx.actor.type === "api_key" ? ctx.actor.id : null,
    ],
  });
  return result.rows.map(({ accountTenant, entityId, isDerived, ownerId, ...row }) => ({
    ...row,
    // What is derived is made with the provider's consent.
    errorMessage: tellFailure(row, isDerived && isOutsider(ctx.actor, ownerId)),
    entityId: tokenEntity({ accountTenant, entityId }),
  }));
}
