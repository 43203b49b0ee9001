import { recordAudit } from "@/lib/audit/record-audit";
import type { Ctx } from "@/lib/auth/context";
import { requirePermission } from "@/lib/auth/permissions";
import { AppError, fieldError, parseInput } from "@/lib/errors";
import { forgetDerived } from "./forget-derived";
import { integrationNotFound, visibleIntegrations } from "./queries";
import { derivedHindrance } from "./rules";
import { setOrganizationPolicyInput } from "./schema";

/**
 * Says what organizations without a connection of their own get, and whether their API keys may have it.
 * @returns the integration's new version
 * @throws AppError `integration_not_found`, `permission_denied`, `validation_failed`, `conflict` when somebody saved meanwhile
 */
export async function setOrganizationPolicy(ctx: Ctx, raw: unknown): Promise<{ version: number }> {
  const { integrationId, version, ...policy } = parseInput(setOrganizationPolicyInput, raw);
  return ctx.db.prisma.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT 1 FROM "Integration" WHERE "id" = ${integrationId}::uuid FOR UPDATE`;
    const row = await tx.integration.findFirst({
      where: { AND: [{ id: integrationId }, visibleIntegrations(ctx.actor)] },
      include: { oauthClient: true },
    });
    if (!row) throw integrationNotFound();
    requirePermission(ctx.actor, "integrations.write", row.organizationId);
    if (row.version !== version) {
      throw new AppError(
        "conflict",
        "Somebody else saved this integration while you were choosing. Look at what it is now, then choose again.",
      );
    }
    const isDerived = policy.organizationPolicy === "derived";
    const hindrance = isDerived && derivedHindrance(row.oauthClient);
    if (hindrance) throw fieldError("organizationPolicy", hindrance.message);
    if (!isDerived) await forgetDerived(tx, integrationId);
    await tx.integration.update({
      where: { id: integrationId },
      data: { ...policy, version: { increment: 1 } },
    });
    await recordAudit(tx, ctx.actor, ctx.now(), {
      action: "integration.set_organization_policy",
      target: { type: "integration", id: integrationId, label: row.name },
      organizationId: row.organizationId,
      before: { organizationPolicy: row.organizationPolicy, lendsDefaultToKeys: row.lendsDefaultToKeys },
      after: policy,
    });
    return { version: version + 1 };
  });
}
