import { actorOrganizationId } from "@/lib/auth/actor";
import type { Ctx } from "@/lib/auth/context";
import { requirePermission } from "@/lib/auth/permissions";
import type { Tx } from "@/lib/db/client";
import { AppError } from "@/lib/errors";
import type { OrganizationSummary } from "./schema.ts";

/**
 * Locks one organization that the actor may change, until the transaction ends.
 * @throws AppError `permission_denied`, `organization_not_found`
 */
export async function requireOrganization(
  tx: Tx,
  actor: Ctx["actor"],
  id: string,
): Promise<OrganizationSummary> {
  // Asked of the actor's own organization: who may change none gets the same answer for every id.
  requirePermission(actor, "organizations.write", actorOrganizationId(actor));
  const [organization] = await tx.$queryRaw<OrganizationSummary[]>`
    SELECT "id", "name", "kind"::text AS "kind", "isActive" FROM "Organization" WHERE "id" = ${id}::uuid FOR UPDATE`;
  if (organization) return organization;
  throw new AppError("organization_not_found", "There is no such organization. Go back to the list.");
}
