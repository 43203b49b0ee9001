import { Prisma } from "@/lib/db/generated/client";

/** Of `c`; as the index of what is in trouble has it. */
export const IN_TROUBLE = Prisma.sql`c."status" IN ('degraded', 'reconnect_required')`;

/**
 * Of `c` with its mapping `m` and integration `i`: whose it is has not been deactivated. Nobody can act on such a one, and it
 * is asked of nobody. Deactivated are few, so those are looked up, once for all rows.
 */
export const OF_ACTIVE = Prisma.sql`(coalesce(m."organizationId", i."organizationId")
  IN (SELECT z."id" FROM "Organization" z WHERE NOT z."isActive")) IS NOT TRUE`;

/**
 * `FROM … WHERE …` of the connections `c`, with their mapping `m` where they have one, that a reader may see.
 * @param ownId the reader's organization, whose own connections they are; null for the provider's people, who see all
 */
export function visibleConnections(ownId: string | null): Prisma.Sql {
  const from = Prisma.sql`FROM "Connection" c LEFT JOIN "Mapping" m ON m."id" = c."mappingId"
    JOIN "Integration" i ON i."id" = c."integrationId"`;
  return ownId === null
    ? Prisma.sql`${from} WHERE TRUE`
    : Prisma.sql`${from} WHERE coalesce(m."organizationId", i."organizationId") = ${ownId}::uuid`;
}

/**
 * Those of them in trouble that the grid shows under its filters: an organization's column stands beside the default
 * connections', and a managed organization's people have their own column whatever they ask for.
 */
export function troubledConnections(
  ownId: string | null,
  { integration, organization }: { integration?: string | undefined; organization?: string | undefined },
): Prisma.Sql {
  const conditions = [IN_TROUBLE, OF_ACTIVE];
  if (integration) conditions.push(Prisma.sql`c."integrationId" = ${integration}::uuid`);
  if (organization && ownId === null) {
    conditions.push(Prisma.sql`(m."organizationId" = ${organization}::uuid OR c."mappingId" IS NULL)`);
  }
  return Prisma.sql`${visibleConnections(ownId)} AND ${Prisma.join(conditions, " AND ")}`;
}
