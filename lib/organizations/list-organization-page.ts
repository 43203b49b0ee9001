import { actorOrganizationId, isProviderContext } from "@/lib/auth/actor";
import type { Ctx } from "@/lib/auth/context";
import type { OrganizationSummary } from "./schema.ts";

const SQL = `SELECT id, name, kind, "isActive" FROM "Organization"
WHERE ($1::uuid IS NULL OR id > $1) AND ($2::boolean OR id = $3)
  AND ($5::uuid IS NULL OR NOT (SELECT k."limitsOrganizations" FROM "ApiKey" k WHERE k.id = $5)
    OR EXISTS (SELECT FROM "ApiKeyOrganization" a WHERE a."apiKeyId" = $5 AND a."organizationId" = "Organization".id))
ORDER BY id LIMIT $4`;

/**
 * The organizations that the caller may see, oldest first, after the one with the id `after`: a managed caller sees its
 * own, a key that is limited to organizations sees those.
 */
export async function listOrganizationPage(
  ctx: Ctx,
  page: { after: string | null; limit: number },
): Promise<OrganizationSummary[]> {
  const result = await ctx.db.pool.query<OrganizationSummary>({
    name: "list-organization-page",
    text: SQL,
    values: [
      page.after,
      isProviderContext(ctx.actor),
      actorOrganizationId(ctx.actor),
      page.limit,
      ctx.actor.type === "api_key" ? ctx.actor.id : null,
    ],
  });
  return result.rows;
}
