import { recordAudit } from "@/lib/audit/record-audit";
import type { Ctx } from "@/lib/auth/context";
import { templateValues } from "@/lib/connections/rules";
import { seal } from "@/lib/crypto/seal";
import type { Tx } from "@/lib/db/client";
import { uuidv7 } from "@/lib/db/id";
import type { Prisma } from "@/lib/db/generated/client";
import { AppError, parseInput, type FieldError } from "@/lib/errors";
import { demandNewConsent } from "@/lib/connections/demand-new-consent";
import { followValues } from "@/lib/connections/follow-values";
import { type JsonValue, originsMoved, tokenUrlMoved } from "@/lib/integrations/rules";
import { newOrigins } from "@/lib/oauth/new-origins";
import { findTemplateFlaws, lockConfigurable, type ConfigurableIntegration } from "./queries";
import { checkTypedValue, sameJson } from "./rules";
import { setDefaultsInput } from "./schema";

type FieldRow = ConfigurableIntegration["configFields"][number];

interface Write {
  field: FieldRow;
  /** Null: the default is cleared. */
  value: JsonValue;
}

/** Secrets of the OAuth client that were stored, and are forgotten. */
interface ClearedSecrets {
  clientSecret: boolean;
  privateKey: boolean;
}

const NOTHING_CLEARED: ClearedSecrets = { clientSecret: false, privateKey: false };

/**
 * Sets defaults by key. Null clears one; what is not named stays, and so does a secret left blank. Where URLs then lead to
 * another origin, the client's secrets are cleared and a new consent asked for, as by any other edit that moves them.
 * @returns the new version, and what else the save did in words
 * @throws AppError `integration_not_found`, `permission_denied`, `validation_failed` naming `values.<key>`, `conflict`
 */
export async function setDefaults(
  ctx: Ctx,
  raw: unknown,
): Promise<{ version: number; notice: string | null }> {
  const { values, ...input } = parseInput(setDefaultsInput, raw);
  return ctx.db.prisma.$transaction(async (tx) => {
    const integration = await lockConfigurable(tx, ctx, input);
    const writes = judgeDefaults(integration.configFields, values);
    const { origins, before, after } = judgeUrls(integration, writes);
    await writeDefaults(ctx, tx, integration.id, writes);
    const isElsewhere = origins.length > 0;
    const cleared = isElsewhere ? await forgetSecrets(ctx, tx, integration, origins) : NOTHING_CLEARED;
    const moved = isElsewhere ? 0 : await follow(ctx, tx, integration, before, after);
    const { version } = await tx.integration.update({
      where: { id: integration.id },
      data: { version: { increment: 1 } },
    });
    await auditDefaults(ctx, tx, integration, writes, { cleared, moved });
    if (isElsewhere) return { version, notice: originsMoved(origins, cleared) };
    return { version, notice: moved > 0 ? tokenUrlMoved(moved) : null };
  });
}

function judgeDefaults(fields: FieldRow[], values: Record<string, unknown>): Write[] {
  const byKey = new Map(fields.map((field) => [field.key, field]));
  const errors: FieldError[] = [];
  const writes: Write[] = [];
  for (const [key, value] of Object.entries(values)) {
    const path = `values.${key}`;
    const field = byKey.get(key);
    if (!field) errors.push({ path, message: `There is no config field “${key}”.` });
    else if (value === null) writes.push({ field, value });
    else if (value !== undefined && !(field.type === "secret" && value === "")) {
      const judged = checkTypedValue(field.type, value);
      if (judged.ok) writes.push({ field, value: judged.value });
      else errors.push({ path, message: judged.message });
    }
  }
  refuse(errors);
  return writes.filter(({ field, value }) => isChange(field, value));
}

function refuse(errors: FieldError[]): void {
  const [first] = errors;
  if (first) throw new AppError("validation_failed", first.message, { errors });
}

function isChange(field: FieldRow, value: JsonValue): boolean {
  const [stored] = field.values;
  if (value === null || field.type === "secret") return stored !== undefined || value !== null;
  return !stored || !sameJson(stored.value as JsonValue, value);
}

function judgeUrls(integration: ConfigurableIntegration, writes: Write[]) {
  const next = new Map(writes.map(({ field, value }) => [field.id, value]));
  const valuesOf = (isAfter: boolean) =>
    templateValues(
      integration.defaultEntityId,
      integration.configFields.map(({ id, key, type, values: [stored] }) => ({
        key,
        type,
        value: isAfter && next.has(id) ? next.get(id) : (stored?.value ?? null),
      })),
    );
  const [before, after] = [valuesOf(false), valuesOf(true)];
  const paths = new Map(writes.map(({ field }) => [field.key, `values.${field.key}`]));
  refuse(findTemplateFlaws(integration, after, paths));
  const client = integration.oauthClient;
  if (!client) return { origins: [], before, after };
  const urls = [client.tokenUrl, client.revocationUrl, integration.testUrl];
  const options = { allowedHostSuffixes: integration.apiHosts };
  return { origins: newOrigins(urls, before, urls, after, options), before, after };
}

type Values = Record<string, string | null>;

async function follow(
  ctx: Ctx,
  tx: Tx,
  { id, apiHosts, oauthClient: client }: ConfigurableIntegration,
  before: Values,
  after: Values,
): Promise<number> {
  if (!client) return 0;
  return followValues(tx, {
    integrationId: id,
    before: { client, apiHosts, values: before },
    after: { client, apiHosts, values: after },
    now: ctx.now(),
  });
}

async function writeDefaults(ctx: Ctx, tx: Tx, integrationId: string, writes: Write[]): Promise<void> {
  await tx.configValue.deleteMany({
    where: { mappingId: null, fieldId: { in: writes.map(({ field }) => field.id) } },
  });
  for (const { field, value } of writes) {
    if (value === null) continue;
    const id = uuidv7();
    const isSecret = field.type === "secret";
    const sealed = isSecret
      ? seal(ctx.keyring, { table: "ConfigValue", id, field: "value" }, String(value))
      : null;
    await tx.$executeRaw`
      INSERT INTO "ConfigValue" ("id", "integrationId", "fieldId", "value", "sealed", "setAt", "setBy")
      VALUES (${id}::uuid, ${integrationId}::uuid, ${field.id}::uuid, ${isSecret ? null : JSON.stringify(value)}::jsonb,
        ${sealed}, ${ctx.now()}, ${ctx.actor.label})`;
  }
}

/** @returns which secrets there were to clear */
async function forgetSecrets(
  ctx: Ctx,
  tx: Tx,
  integration: ConfigurableIntegration,
  origins: string[],
): Promise<ClearedSecrets> {
  const integrationId = integration.id;
  await tx.oAuthClient.updateMany({
    where: { integrationId },
    data: {
      clientSecret: null,
      clientSecretSetAt: null,
      clientSecretSetBy: null,
      privateKey: null,
      privateKeySetAt: null,
      privateKeySetBy: null,
    },
  });
  await demandNewConsent(tx, integrationId, origins, ctx.now());
  return {
    clientSecret: integration.oauthClient?.clientSecret != null,
    privateKey: integration.oauthClient?.privateKey != null,
  };
}

async function auditDefaults(
  ctx: Ctx,
  tx: Tx,
  integration: ConfigurableIntegration,
  writes: Write[],
  { cleared, moved }: { cleared: ClearedSecrets; moved: number },
): Promise<void> {
  const before: Record<string, Prisma.InputJsonValue | null> = {};
  const after: Record<string, Prisma.InputJsonValue | null> = {};
  for (const { field, value } of writes) {
    const [stored] = field.values;
    const isSecret = field.type === "secret";
    before[field.key] = isSecret
      ? stored
        ? "set"
        : null
      : ((stored?.value ?? null) as Prisma.InputJsonValue);
    after[field.key] = isSecret ? secretAct(stored !== undefined, value) : (value as Prisma.InputJsonValue);
  }
  await recordAudit(tx, ctx.actor, ctx.now(), {
    action: "integration.set_defaults",
    target: { type: "integration", id: integration.id, label: integration.name },
    organizationId: integration.organizationId,
    before,
    after: {
      ...after,
      ...(cleared.clientSecret ? { clientSecretCleared: true } : {}),
      ...(cleared.privateKey ? { privateKeyCleared: true } : {}),
      ...(moved > 0 ? { reconnects: moved } : {}),
    },
  });
}

function secretAct(wasSet: boolean, value: JsonValue): "set" | "changed" | "cleared" {
  if (value === null) return "cleared";
  return wasSet ? "changed" : "set";
}
