import { actorOrganizationId, isProviderContext } from "@/lib/auth/actor";
import type { Ctx } from "@/lib/auth/context";
import { integrationStatus } from "@/lib/connections/rules";
import type { IntegrationStatus } from "./schema";

export interface IntegrationItem {
  id: string;
  name: string;
  description: string;
  /** Null: global. */
  organizationId: string | null;
  status: IntegrationStatus;
}

interface Row extends Omit<IntegrationItem, "status"> {
  usesOAuth: boolean;
  connectionStatus: "not_connected" | "active" | "degraded" | "reconnect_required" | null;
  missingRequired: boolean;
}

const SQL = `
SELECT i.id, i.name, i.description, i."organizationId", o.id IS NOT NULL AS "usesOAuth", c.status AS "connectionStatus",
  EXISTS (SELECT FROM "ConfigField" f WHERE f."integrationId" = i.id AND f.required
    AND NOT EXISTS (SELECT FROM "ConfigValue" v WHERE v."fieldId" = f.id AND v."mappingId" IS NULL)) AS "missingRequired"
FROM "Integration" i
LEFT JOIN "OAuthClient" o ON o."integrationId" = i.id
LEFT JOIN "Connection" c ON c."integrationId" = i.id AND c."mappingId" IS NULL
WHERE ($1::uuid IS NULL OR i.id > $1) AND ($2::boolean OR i."organizationId" IS NULL OR i."organizationId" = $3)
  AND ($5::uuid IS NULL OR NOT (SELECT k."limitsIntegrations" FROM "ApiKey" k WHERE k.id = $5)
    OR EXISTS (SELECT FROM "ApiKeyIntegration" a WHERE a."apiKeyId" = $5 AND a."integrationId" = i.id))
ORDER BY i.id LIMIT $4`;

/**
 * The integrations that the caller may see, oldest first, after the one with the id `after`; no secret. A key that is
 * limited to integrations sees those.
 */
export async function listIntegrationPage(
  ctx: Ctx,
  page: { after: string | null; limit: number },
): Promise<IntegrationItem[]> {
  const result = await ctx.db.pool.query<Row>({
    name: "list-integration-page",
    text: SQL,
    values: [
      page.after,
      isProviderContext(ctx.actor),
      actorOrganizationId(ctx.actor),
      page.limit,
      ctx.actor.type === "api_key" ? ctx.actor.id : null,
    ],
  });
  return result.rows.map(({ usesOAuth, connectionStatus, missingRequired, ...item }) => ({
    ...item,
    status: integrationStatus({ usesOAuth, connectionStatus, missingRequired }),
  }));
}
