import type { Ctx } from "@/lib/auth/context";
import { requirePermission, type Permission } from "@/lib/auth/permissions";
import type { Prisma } from "@/lib/db/generated/client";
import { AppError } from "@/lib/errors";
import { integrationNotFound, visibleIntegrations } from "@/lib/integrations/queries";

const connectable = {
  oauthClient: true,
  configFields: { include: { values: { where: { mappingId: null } } } },
  connections: { where: { mappingId: null }, include: { heldGrant: true } },
} satisfies Prisma.IntegrationInclude;

/** An integration with what its default connection needs. */
export type ConnectableIntegration = Prisma.IntegrationGetPayload<{ include: typeof connectable }>;
export type OAuthIntegration = ConnectableIntegration & {
  oauthClient: NonNullable<ConnectableIntegration["oauthClient"]>;
};

/**
 * Loads an integration for one of the verbs on its connection.
 * @throws AppError `integration_not_found`, `permission_denied`
 */
export async function loadIntegration(
  ctx: Ctx,
  id: string,
  permission: Permission,
): Promise<ConnectableIntegration> {
  const row = await ctx.db.prisma.integration.findFirst({
    where: { AND: [{ id }, visibleIntegrations(ctx.actor)] },
    include: connectable,
  });
  if (!row) throw integrationNotFound();
  requirePermission(ctx.actor, permission, row.organizationId);
  return row;
}

/** @throws AppError `conflict` when the integration has no OAuth client (any more) */
export function requireOAuth(row: ConnectableIntegration): asserts row is OAuthIntegration {
  if (row.oauthClient) return;
  throw new AppError(
    "conflict",
    "This integration has no OAuth settings. Choose an OAuth Flow Type and save first.",
  );
}
