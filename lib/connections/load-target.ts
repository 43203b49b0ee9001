import { z } from "zod";
import { actorOrganizationId, isProviderContext } from "@/lib/auth/actor";
import type { Ctx } from "@/lib/auth/context";
import { requirePermission, type Permission } from "@/lib/auth/permissions";
import type { Tx } from "@/lib/db/client";
import type { ConfigField, ConfigValue, Prisma } from "@/lib/db/generated/client";
import { AppError, parseInput } from "@/lib/errors";
import { integrationNotFound, visibleIntegrations } from "@/lib/integrations/queries";
import type { TemplateField } from "./rules";

/** Which connection a verb is about: an integration's default one, or an organization's own. */
export const targetInput = z.object({
  integrationId: z.uuid(),
  organizationId: z
    .uuid()
    .nullish()
    .transform((id) => id ?? null),
});

const withClient = {
  oauthClient: true,
  configFields: { include: { values: { where: { mappingId: null } } } },
} satisfies Prisma.IntegrationInclude;

const withConnection = {
  organization: { select: { id: true, name: true, isActive: true } },
  configValues: true,
  connection: { include: { heldGrant: true } },
} satisfies Prisma.MappingInclude;

type IntegrationRow = Prisma.IntegrationGetPayload<{ include: typeof withClient }>;
type MappingRow = Prisma.MappingGetPayload<{ include: typeof withConnection }>;
type ConnectionRow = NonNullable<MappingRow["connection"]>;

/** A config field with the value that holds for the target. */
export interface StoredField extends TemplateField {
  type: ConfigField["type"];
  required: boolean;
  /** A secret's, with the id of the value it is sealed for. */
  sealed: { id: string; text: string } | null;
  isOverride: boolean;
}

/** A connection with all that decides about it: whose it is, and what stands for the placeholders there. */
export interface Target {
  integration: IntegrationRow;
  /** Null: the integration's default connection. */
  mapping: MappingRow | null;
  connection: ConnectionRow | null;
  entityId: string | null;
  fields: StoredField[];
  /** In whose audit log it stands besides the provider's. */
  ownerId: string | null;
  /** `Microsoft_Graph`, or `Microsoft_Graph · Contoso`. */
  label: string;
}

export type OAuthTarget = Target & {
  integration: IntegrationRow & { oauthClient: NonNullable<IntegrationRow["oauthClient"]> };
};

/**
 * Loads the connection that a verb is about, as far as the actor may see it.
 * @throws AppError `validation_failed`, `scope_forbidden`, `integration_not_found`, `mapping_not_found`, `permission_denied`
 */
export async function loadTarget(ctx: Ctx, raw: unknown, permission: Permission): Promise<Target> {
  const { integrationId, organizationId } = parseInput(targetInput, raw);
  if (
    organizationId !== null &&
    !isProviderContext(ctx.actor) &&
    organizationId !== actorOrganizationId(ctx.actor)
  ) {
    throw new AppError("scope_forbidden", "You can do this for your own organization only.");
  }
  const { prisma } = ctx.db;
  const integration = await prisma.integration.findFirst({
    where: { AND: [{ id: integrationId }, visibleIntegrations(ctx.actor)] },
    include: withClient,
  });
  if (!integration) throw integrationNotFound();
  requirePermission(ctx.actor, permission, organizationId ?? integration.organizationId);
  if (organizationId === null) {
    const connection = await prisma.connection.findFirst({
      where: { integrationId, mappingId: null },
      include: { heldGrant: true },
    });
    return defaultTarget(integration, connection);
  }
  const mapping = await prisma.mapping.findUnique({
    where: { integrationId_organizationId: { integrationId, organizationId } },
    include: withConnection,
  });
  if (!mapping) {
    throw new AppError(
      "mapping_not_found",
      "This organization has no mapping here yet. Choose Add Mapping first.",
    );
  }
  return organizationTarget(integration, mapping);
}

/** The same as it is in a transaction; null where it is gone. Asks for no permission again. */
export async function reloadTarget(tx: Tx, { integration, mapping }: Target): Promise<Target | null> {
  const row = await tx.integration.findUnique({ where: { id: integration.id }, include: withClient });
  if (!row) return null;
  if (!mapping) {
    const where = { integrationId: row.id, mappingId: null };
    return defaultTarget(row, await tx.connection.findFirst({ where, include: { heldGrant: true } }));
  }
  const mapped = await tx.mapping.findUnique({ where: { id: mapping.id }, include: withConnection });
  return mapped && organizationTarget(row, mapped);
}

function defaultTarget(integration: IntegrationRow, connection: ConnectionRow | null): Target {
  return {
    integration,
    mapping: null,
    connection,
    entityId: integration.defaultEntityId,
    fields: integration.configFields.map((field) => storedField(field, field.values[0], false)),
    ownerId: integration.organizationId,
    label: integration.name,
  };
}

function organizationTarget(integration: IntegrationRow, mapping: MappingRow): Target {
  const overrides = new Map(mapping.configValues.map((value) => [value.fieldId, value]));
  return {
    integration,
    mapping,
    connection: mapping.connection,
    entityId: mapping.entityId ?? integration.defaultEntityId,
    fields: integration.configFields.map((field) =>
      storedField(field, overrides.get(field.id) ?? field.values[0], overrides.has(field.id)),
    ),
    ownerId: mapping.organizationId,
    label: `${integration.name} · ${mapping.organization.name}`,
  };
}

function storedField(field: ConfigField, value: ConfigValue | undefined, isOverride: boolean): StoredField {
  const { key, type, required } = field;
  const sealed = value?.sealed ? { id: value.id, text: value.sealed } : null;
  return { key, type, required, value: value?.value ?? null, sealed, isOverride };
}

/** @throws AppError `conflict` when the integration has no OAuth client (any more) */
export function requireOAuth(target: Target): asserts target is OAuthTarget {
  if (target.integration.oauthClient) return;
  throw new AppError(
    "conflict",
    "This integration has no OAuth settings. Choose an OAuth Flow Type and save first.",
  );
}

/** Its scripts get nothing, whatever is connected. */
export function isDeactivated({ mapping }: Target): boolean {
  return mapping !== null && !mapping.organization.isActive;
}

/** @throws AppError `conflict` for a deactivated organization */
export function requireActiveOwner(target: Target): void {
  if (!isDeactivated(target)) return;
  throw new AppError(
    "conflict",
    `${target.mapping?.organization.name} is deactivated. Reactivate it under Organizations first.`,
  );
}

/** Where an audit entry about this connection points. */
export function auditTarget(target: Target) {
  return {
    target: { type: "integration" as const, id: target.integration.id, label: target.label },
    organizationId: target.ownerId,
  };
}
