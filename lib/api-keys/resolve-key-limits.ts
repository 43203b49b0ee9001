import type { Tx } from "@/lib/db/client";
import { fieldError } from "@/lib/errors";
import type { OrganizationSummary } from "@/lib/organizations/schema";

interface Named {
  id: string;
  name: string;
}

interface Limits {
  integrations: Named[] | null;
  organizations: Named[] | null;
}

/**
 * Looks up what a new key is limited to; null: not limited. An integration that the key's organization cannot use answers
 * as if there were none.
 * @throws AppError `validation_failed`
 */
export async function resolveKeyLimits(
  tx: Tx,
  owner: OrganizationSummary,
  wanted: { integrationIds?: string[] | null; organizationIds?: string[] | null },
): Promise<Limits> {
  const { integrationIds = null, organizationIds = null } = wanted;
  if (organizationIds !== null && owner.kind !== "provider") {
    throw fieldError(
      "organizationIds",
      `A key of ${owner.name} speaks for that organization alone. Do not limit it to organizations.`,
    );
  }
  const select = { id: true, name: true } as const;
  const usable =
    owner.kind === "provider" ? {} : { OR: [{ organizationId: null }, { organizationId: owner.id }] };
  const integrations =
    integrationIds &&
    (await tx.integration.findMany({ where: { AND: [{ id: { in: integrationIds } }, usable] }, select }));
  const organizations =
    organizationIds && (await tx.organization.findMany({ where: { id: { in: organizationIds } }, select }));
  if (integrations && integrations.length !== integrationIds.length) {
    throw fieldError(
      "integrationIds",
      `There is an integration among them that ${owner.name} does not have.`,
    );
  }
  if (organizations && organizations.length !== organizationIds.length) {
    throw fieldError("organizationIds", "There is an organization among them that does not exist.");
  }
  return { integrations, organizations };
}
