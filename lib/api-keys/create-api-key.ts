import { recordAudit } from "@/lib/audit/record-audit";
import { actorOrganizationId, isProviderContext } from "@/lib/auth/actor";
import type { Ctx } from "@/lib/auth/context";
import { requirePermission } from "@/lib/auth/permissions";
import { createSecret, hashSecret } from "@/lib/crypto/secret-token";
import type { Tx } from "@/lib/db/client";
import { AppError, fieldError, parseInput } from "@/lib/errors";
import { findOrganization, findProviderOrganization } from "@/lib/organizations/queries";
import type { OrganizationSummary } from "@/lib/organizations/schema";
import { resolveKeyLimits } from "./resolve-key-limits.ts";
import { apiKeyStatus, visiblePrefix } from "./rules.ts";
import { type ApiKeySummary, type CreateApiKeyInput, createApiKeySchema } from "./schema.ts";

type KeyContext = Pick<Ctx, "actor" | "db" | "now">;

/**
 * Creates an API key. `key` is the key itself: it is shown this once, and only its SHA-256 is stored.
 * @throws AppError `permission_denied`, `scope_forbidden`, `organization_not_found`, `validation_failed`
 */
export async function createApiKey(
  ctx: KeyContext,
  input: CreateApiKeyInput,
): Promise<{ apiKey: ApiKeySummary; key: string }> {
  const parsed = parseInput(createApiKeySchema, input);
  const { name, organizationId, permissions, expiresAt = null } = parsed;
  const ownId = actorOrganizationId(ctx.actor);
  if (!isProviderContext(ctx.actor) && organizationId !== undefined && organizationId !== ownId) {
    throw new AppError("scope_forbidden", "You can create API keys of your own organization only.");
  }
  requirePermission(ctx.actor, "api_keys.write", organizationId ?? ownId);
  if (!isProviderContext(ctx.actor) && permissions.includes("credentials:read")) {
    throw new AppError(
      "permission_denied",
      "Only a platform admin can create API keys with credentials:read. Ask one, or leave that permission out.",
    );
  }
  const now = ctx.now();
  if (expiresAt !== null && expiresAt <= now) {
    throw fieldError("expiresAt", "The key would be expired already. Choose a time in the future.");
  }
  const key = `bfr_${createSecret()}`;
  const apiKey = await ctx.db.prisma.$transaction(async (tx) => {
    const organization = await requireActiveOrganization(
      tx,
      organizationId ?? (isProviderContext(ctx.actor) ? null : ownId),
    );
    const limits = await resolveKeyLimits(tx, organization, parsed);
    const created = await tx.apiKey.create({
      data: {
        organizationId: organization.id,
        name,
        prefix: visiblePrefix(key),
        keyHash: hashSecret(key),
        permissions,
        limitsIntegrations: limits.integrations !== null,
        limitsOrganizations: limits.organizations !== null,
        integrations: { create: limits.integrations?.map(({ id }) => ({ integrationId: id })) },
        organizations: { create: limits.organizations?.map(({ id }) => ({ organizationId: id })) },
        expiresAt,
        createdBy: ctx.actor.label,
        createdAt: now,
      },
      select: { id: true, name: true, prefix: true, createdBy: true },
    });
    const integrations = limits.integrations?.map((limit) => limit.name) ?? null;
    const organizations = limits.organizations?.map((limit) => limit.name) ?? null;
    await recordAudit(tx, ctx.actor, now, {
      action: "api_key.create",
      target: { type: "api_key", id: created.id, label: `${name} (${created.prefix}…)` },
      organizationId: organization.id,
      after: { name, permissions, integrations, organizations, expiresAt: expiresAt?.toISOString() ?? null },
    });
    return {
      ...created,
      organization: { id: organization.id, name: organization.name },
      permissions,
      integrations,
      organizations,
      status: apiKeyStatus({ revokedAt: null, expiresAt }, now),
      expiresAt: expiresAt?.toISOString() ?? null,
      lastUsedAt: null,
      createdAt: now.toISOString(),
    };
  });
  return { apiKey, key };
}

/** @param id null: the provider organization */
async function requireActiveOrganization(tx: Tx, id: string | null): Promise<OrganizationSummary> {
  const organization = id === null ? await findProviderOrganization(tx) : await findOrganization(tx, id);
  if (!organization) {
    throw new AppError("organization_not_found", "There is no such organization. Choose another one.");
  }
  if (!organization.isActive) {
    throw fieldError("organizationId", `${organization.name} is deactivated, so a key of it would not work.`);
  }
  return organization;
}
