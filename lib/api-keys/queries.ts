import { type ApiKeyPermission, actorOrganizationId, isProviderContext } from "@/lib/auth/actor";
import type { Ctx } from "@/lib/auth/context";
import { requirePermission } from "@/lib/auth/permissions";
import { apiKeyStatus } from "./rules.ts";
import { API_KEY_PAGE_SIZE, type ApiKeyPage } from "./schema.ts";

/**
 * One page of the keys that the actor manages, newest first: all for a platform admin, else the own organization's.
 * @throws AppError `permission_denied`
 */
export async function listApiKeys(
  ctx: Pick<Ctx, "actor" | "db" | "now">,
  wantedPage: number,
): Promise<ApiKeyPage> {
  const ownId = actorOrganizationId(ctx.actor);
  requirePermission(ctx.actor, "api_keys.read", ownId);
  const where = isProviderContext(ctx.actor) || ownId === null ? {} : { organizationId: ownId };
  const total = await ctx.db.prisma.apiKey.count({ where });
  const pageCount = Math.max(1, Math.ceil(total / API_KEY_PAGE_SIZE));
  const page = Math.min(Math.max(1, wantedPage), pageCount);
  const keys = await ctx.db.prisma.apiKey.findMany({
    where,
    orderBy: { id: "desc" },
    skip: (page - 1) * API_KEY_PAGE_SIZE,
    take: API_KEY_PAGE_SIZE,
    select: {
      id: true,
      name: true,
      prefix: true,
      permissions: true,
      expiresAt: true,
      revokedAt: true,
      lastUsedAt: true,
      createdAt: true,
      createdBy: true,
      organization: { select: { id: true, name: true } },
      limitsIntegrations: true,
      limitsOrganizations: true,
      integrations: { select: { integration: { select: { name: true } } } },
      organizations: { select: { organization: { select: { name: true } } } },
    },
  });
  const now = ctx.now();
  const rows = keys.map(({ revokedAt, expiresAt, lastUsedAt, createdAt, permissions, ...key }) => ({
    id: key.id,
    name: key.name,
    prefix: key.prefix,
    organization: key.organization,
    createdBy: key.createdBy,
    permissions: permissions as ApiKeyPermission[],
    integrations: key.limitsIntegrations
      ? key.integrations.map(({ integration }) => integration.name).sort()
      : null,
    organizations: key.limitsOrganizations
      ? key.organizations.map(({ organization }) => organization.name).sort()
      : null,
    status: apiKeyStatus({ revokedAt, expiresAt }, now),
    expiresAt: expiresAt?.toISOString() ?? null,
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
    createdAt: createdAt.toISOString(),
  }));
  return { rows, total, page, pageCount };
}
