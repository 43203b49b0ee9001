import { z } from "zod";
import { actorOrganizationId, isProviderContext } from "@/lib/auth/actor";
import type { Ctx } from "@/lib/auth/context";
import { requirePermission } from "@/lib/auth/permissions";
import { Prisma } from "@/lib/db/generated/client";
import { troubledConnections } from "./queries";
import type { TestTargetPage } from "./schema";

const PAGE_SIZE = 200;

export const testTargetQuery = z.object({
  after: z.uuid().optional().catch(undefined),
  integration: z.uuid().optional().catch(undefined),
  organization: z.uuid().optional().catch(undefined),
});

interface Row {
  id: string;
  integrationId: string;
  integrationName: string;
  organizationId: string | null;
  organizationName: string | null;
}

/**
 * The connections in trouble that the reader may test, page by page.
 * @throws AppError `permission_denied`
 */
export async function listTestTargets(
  ctx: Ctx,
  rawQuery: z.input<typeof testTargetQuery>,
): Promise<TestTargetPage> {
  const { after, ...filters } = testTargetQuery.parse(rawQuery);
  const organizationId = actorOrganizationId(ctx.actor);
  requirePermission(ctx.actor, "connections.test", organizationId);
  const ownId = isProviderContext(ctx.actor) ? null : (organizationId ?? "");
  const later = after ? Prisma.sql`AND c."id" > ${after}::uuid` : Prisma.empty;
  const found = await ctx.db.prisma.$queryRaw<Row[]>`
    SELECT t.*, o."name" AS "organizationName" FROM (
      SELECT c."id", c."integrationId", i."name" AS "integrationName", m."organizationId"
      ${troubledConnections(ownId, filters)} ${later}
      ORDER BY c."id" LIMIT ${PAGE_SIZE + 1}) t
    LEFT JOIN "Organization" o ON o."id" = t."organizationId" ORDER BY t."id"`;
  const rows = found.slice(0, PAGE_SIZE);
  return {
    targets: rows.map((row) => ({
      integrationId: row.integrationId,
      organizationId: row.organizationId,
      label: `${row.organizationName ?? "Default connection"}, ${row.integrationName}`,
    })),
    next: found.length > PAGE_SIZE ? (rows.at(-1)?.id ?? null) : null,
  };
}
