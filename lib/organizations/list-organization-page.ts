import { actorOrganizationId, isProviderContext } from "@/lib/auth/actor";
import type { Ctx } from "@/lib/auth/context";
import type { OrganizationSummary } from "./schema.ts";

const SQL = `SELECT id, name, kind, "isActive" FROM "Organization"
WHERE ($1::uuid IS NULL OR id > $1) AND ($2::boolean OR id = $3) ORDER BY id LIMIT $4`;

/** The organizations that the caller may see, oldest first, after the one with the id `after`: a managed caller sees its own. */
export async function listOrganizationPage(
  ctx: Ctx,
  page: { after: string | null; limit: number },
): Promise<OrganizationSummary[]> {
  const result = await ctx.db.pool.query<OrganizationSummary>({
    name: "list-organization-page",
    text: SQL,
    values: [page.after, isProviderContext(ctx.actor), actorOrganizationId(ctx.actor), page.limit],
  });
  return result.rows;
}
