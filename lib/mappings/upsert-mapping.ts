import { recordAudit } from "@/lib/audit/record-audit";
import type { Ctx } from "@/lib/auth/context";
import { requirePermission } from "@/lib/auth/permissions";
import { requireKeyAccess } from "@/lib/auth/require-key-access";
import { findTemplateFlaws, listSteeringUses } from "@/lib/config/queries";
import { templateValues } from "@/lib/connections/rules";
import type { Tx } from "@/lib/db/client";
import type { Mapping, Prisma } from "@/lib/db/generated/client";
import { uuidv7 } from "@/lib/db/id";
import { AppError, fieldError, parseInput, type FieldError } from "@/lib/errors";
import { integrationNotFound } from "@/lib/integrations/queries";
import { demandOwnReconnect, type MappingState } from "./demand-own-reconnect";
import { maySteer, steeringDenied } from "./may-steer";
import {
  describeMapping,
  mappingParts,
  recordSecretsRead,
  requireActiveOrganization,
  requireOwnScope,
  resolveIntegration,
} from "./queries";
import { judgeOverrides, listOverridden, mergeWrites, steeringKeys, type OverrideWrite } from "./rules";
import {
  describeWrites,
  isSameSecret,
  readFields,
  writeOverrides,
  type StoredOverridable,
} from "./write-overrides";
import { upsertMappingInput, type IntegrationMapping } from "./schema";

const overridable = {
  oauthClient: true,
  organization: { select: { name: true } },
  configFields: { orderBy: { position: "asc" }, include: { values: { where: { mappingId: null } } } },
} satisfies Prisma.IntegrationInclude;
type OverridableIntegration = Prisma.IntegrationGetPayload<{ include: typeof overridable }>;

/**
 * Creates or updates the mapping of an organization. What is not passed stays as it was; `config` replaces overrides key by
 * key, null removes one. On an integration that the organization does not own, only the provider may change what decides
 * where tokens go: the entity ID, and fields that a URL template or the base URL uses.
 * @throws AppError `scope_forbidden`, `permission_denied`, `organization_not_found`, `integration_not_found`,
 * `unauthenticated`, `validation_failed` naming each field at fault (`config.<key>`)
 * @throws UnsealError when a secret of the answer cannot be opened; nothing is changed then
 */
export async function upsertMapping(ctx: Ctx, raw: unknown): Promise<IntegrationMapping> {
  if (typeof raw === "object" && raw !== null && "organizationId" in raw) {
    requireOwnScope(ctx.actor, raw.organizationId);
  }
  const input = parseInput(upsertMappingInput, raw);
  const organizationId = input.organizationId.toLowerCase();
  requirePermission(ctx.actor, "mappings.write", organizationId);
  await requireKeyAccess(ctx.db.pool, ctx.actor, { integrationId: null, organizationId });
  await requireActiveOrganization(ctx.db.prisma, organizationId);
  const { id: integrationId } = await resolveIntegration(ctx, input, organizationId);
  await requireKeyAccess(ctx.db.pool, ctx.actor, { integrationId, organizationId });
  const { row, mapping } = await ctx.db.prisma.$transaction(async (tx) => {
    const organization = await requireActiveOrganization(tx, organizationId);
    const integration = await shareIntegration(tx, integrationId);
    requireOwner(integration, organization);
    const locked = await lockMapping(ctx, tx, integrationId, organizationId);
    const upsert = new Upsert(
      ctx,
      integration,
      organization,
      locked,
      await readFields(tx, integration.configFields, locked.id),
    );
    await upsert.write(tx, input);
    const row = await tx.mapping.findUniqueOrThrow({ where: { id: locked.id }, include: mappingParts });
    // Opened before the commit: an answer that fails because of a lost key then says truly that nothing was changed.
    return { row, mapping: describeMapping(ctx, row) };
  });
  await recordSecretsRead(ctx, row);
  return mapping;
}

/** Holds the integration's schema still until the transaction ends; edits of it wait, other mappings do not. */
async function shareIntegration(tx: Tx, id: string): Promise<OverridableIntegration> {
  await tx.$queryRaw`SELECT 1 FROM "Integration" WHERE "id" = ${id}::uuid FOR KEY SHARE`;
  const row = await tx.integration.findUnique({ where: { id }, include: overridable });
  if (!row) throw integrationNotFound();
  return row;
}

function requireOwner(integration: OverridableIntegration, organization: { id: string; name: string }): void {
  if (integration.organizationId === null || integration.organizationId === organization.id) return;
  throw fieldError(
    "organizationId",
    `${integration.name} belongs to ${integration.organization?.name ?? "another organization"} and is mapped for it alone, not for ${organization.name}.`,
  );
}

type LockedMapping = Pick<Mapping, "id" | "entityId" | "entityName"> & { isNew: boolean };

/** The mapping's row, made where there is none; whoever comes second waits here and then finds what the first wrote. */
async function lockMapping(
  ctx: Ctx,
  tx: Tx,
  integrationId: string,
  organizationId: string,
): Promise<LockedMapping> {
  const id = uuidv7();
  const [row] = await tx.$queryRaw<[Omit<LockedMapping, "isNew">]>`
    INSERT INTO "Mapping" ("id", "integrationId", "organizationId", "createdAt", "updatedAt")
    VALUES (${id}::uuid, ${integrationId}::uuid, ${organizationId}::uuid, ${ctx.now()}, ${ctx.now()})
    ON CONFLICT ("integrationId", "organizationId") DO UPDATE SET "updatedAt" = "Mapping"."updatedAt"
    RETURNING "id", "entityId", "entityName"`;
  return { ...row, isNew: row.id === id };
}

/** One upsert inside its transaction: the mapping is locked, everything about it is known. */
class Upsert {
  readonly #ctx: Ctx;
  readonly #integration: OverridableIntegration;
  readonly #organization: { id: string; name: string };
  readonly #row: LockedMapping;
  readonly #fields: StoredOverridable[];

  constructor(
    ctx: Ctx,
    integration: OverridableIntegration,
    organization: { id: string; name: string },
    row: LockedMapping,
    fields: StoredOverridable[],
  ) {
    this.#ctx = ctx;
    this.#integration = integration;
    this.#organization = organization;
    this.#row = row;
    this.#fields = fields;
  }

  async write(
    tx: Tx,
    input: { entityId?: string | null; entityName?: string | null; config?: Record<string, unknown> },
  ) {
    const ctx = this.#ctx;
    const row = this.#row;
    const entityId = this.#judgeEntityId(input.entityId);
    const entityName = input.entityName === undefined ? row.entityName : input.entityName;
    const writes = this.#judgeConfig(input.config ?? {});
    const before = this.#stateOf(row.entityId, []);
    const after = this.#stateOf(entityId, writes);
    this.#refuseFlaws(after.values, entityId !== row.entityId, writes);
    const isChanged = entityId !== row.entityId || entityName !== row.entityName || writes.length > 0;
    if (!row.isNew && !isChanged) return;
    await writeOverrides(ctx, tx, { integrationId: this.#integration.id, mappingId: row.id }, writes);
    await tx.mapping.update({
      where: { id: row.id },
      data: { entityId, entityName, updatedAt: ctx.now() },
    });
    const reconnect = await demandOwnReconnect(ctx, tx, this.#integration, row.id, before, after);
    const described = describeWrites(writes);
    await recordAudit(tx, ctx.actor, ctx.now(), {
      action: row.isNew ? "mapping.create" : "mapping.update",
      target: {
        type: "mapping",
        id: row.id,
        label: `${this.#integration.name} · ${this.#organization.name}`,
      },
      organizationId: this.#organization.id,
      ...(row.isNew
        ? {}
        : { before: { entityId: row.entityId, entityName: row.entityName, config: described.before } }),
      after: { entityId, entityName, config: described.after, ...(reconnect ? { reconnect } : {}) },
    });
  }

  get #maySteer(): boolean {
    return maySteer(this.#ctx.actor, this.#integration);
  }

  #judgeEntityId(wanted: string | null | undefined): string | null {
    const stored = this.#row.entityId;
    if (wanted === undefined || wanted === stored) return stored;
    if (this.#maySteer) return wanted;
    // What is in force already may be sent back, as an answer of `get` holds it; nothing is stored then.
    if (stored === null && wanted === this.#integration.defaultEntityId) return stored;
    throw steeringDenied([["entityId", "the entity ID"]]);
  }

  #judgeConfig(config: Record<string, unknown>): OverrideWrite[] {
    const keys = steeringKeys(listSteeringUses(this.#integration));
    const judged = judgeOverrides(this.#fields, config, { may: this.#maySteer, keys });
    refuse(judged.errors);
    if (judged.steered.length > 0) throw steeringDenied(judged.steered.map((key) => [`config.${key}`, key]));
    return judged.writes.filter((write) => !isSameSecret(this.#ctx.keyring, this.#fields, write));
  }

  #stateOf(entityId: string | null, writes: OverrideWrite[]): MappingState {
    const values = templateValues(
      entityId ?? this.#integration.defaultEntityId,
      mergeWrites(this.#fields, writes),
    );
    return { entityId, overrides: listOverridden(this.#fields, writes), values };
  }

  #refuseFlaws(values: Record<string, string | null>, entityChanges: boolean, writes: OverrideWrite[]): void {
    const paths = new Map(writes.map(({ field }) => [field.key, `config.${field.key}`]));
    if (entityChanges) paths.set("entity_id", "entityId");
    refuse(findTemplateFlaws(this.#integration, values, paths));
  }
}

function refuse(errors: FieldError[]): void {
  const [first] = errors;
  if (first) throw new AppError("validation_failed", first.message, { errors });
}
