import type { Database, Tx } from "@/lib/db/client";
import type { OrganizationSummary } from "./schema.ts";

const summary = { id: true, name: true, kind: true, isActive: true } as const;

/** One organization, or null. The caller has checked that it may be seen. */
export async function findOrganization(db: Tx, id: string): Promise<OrganizationSummary | null> {
  return db.organization.findUnique({ where: { id }, select: summary });
}

/** The provider organization, or null before the first start. */
export async function findProviderOrganization(db: Tx): Promise<OrganizationSummary | null> {
  return db.organization.findFirst({ where: { kind: "provider" }, select: summary });
}

/** Every organization for a provider's people (`onlyId` null), else the one: the provider's first, then by name. */
export async function listOrganizations(db: Database, onlyId: string | null): Promise<OrganizationSummary[]> {
  return db.prisma.organization.findMany({
    where: onlyId === null ? {} : { id: onlyId },
    orderBy: [{ kind: "asc" }, { name: "asc" }, { id: "asc" }],
    select: summary,
  });
}
