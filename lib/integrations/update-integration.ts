import { uuidv7 } from "@/lib/db/id";
import { recordAudit } from "@/lib/audit/record-audit";
import type { Ctx } from "@/lib/auth/context";
import { requirePermission } from "@/lib/auth/permissions";
import { demandNewConsent } from "@/lib/connections/demand-new-consent";
import { followValues } from "@/lib/connections/follow-values";
import { templateValues } from "@/lib/connections/rules";
import type { Tx } from "@/lib/db/client";
import { isUniqueViolation } from "@/lib/db/unique-violation";
import { AppError, parseInput, type FieldError } from "@/lib/errors";
import { checkIntegrationInput } from "./check-integration-input";
import { nameTaken } from "./create-integration";
import { describedParts, type DescribedIntegration, describeIntegration } from "./describe-integration";
import { forgetDerived } from "./forget-derived";
import { newOrigins } from "@/lib/oauth/new-origins";
import { integrationNotFound, visibleIntegrations } from "./queries";
import { originsMoved, tokenUrlMoved } from "./rules";
import { updateIntegrationInput, type UpdateIntegrationInput } from "./schema";
import { sealOAuthClient } from "./seal-oauth-client";

type Stored = DescribedIntegration;

export interface UpdateOptions {
  /** An OAuth client that this save adds may wait for its secrets, which come by hand. */
  secretsLater?: boolean;
}

/**
 * Saves an integration's settings. A save that names a new origin for tokens or the secret clears the client secret
 * unless it is entered anew, and asks for a new consent: nothing secret goes to an origin it was not given for.
 * @returns the new version, and what else the save did in words
 * @throws AppError `integration_not_found`, `permission_denied`, `validation_failed`, `conflict` when somebody saved meanwhile
 */
export async function updateIntegration(
  ctx: Ctx,
  raw: unknown,
  options: UpdateOptions = {},
): Promise<{ version: number; notice: string | null }> {
  const input = parseInput(updateIntegrationInput, raw);
  try {
    return await ctx.db.prisma.$transaction(async (tx) => {
      const before = await lockIntegration(ctx, tx, input);
      const changes = judgeChanges(ctx, before, input, options);
      const moved = await saveSettings(ctx, tx, before, input, changes);
      return { version: before.version + 1, notice: moved > 0 ? tokenUrlMoved(moved) : noticeOf(changes) };
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw await duplicateName(ctx, input);
    throw error;
  }
}

async function lockIntegration(ctx: Ctx, tx: Tx, input: UpdateIntegrationInput): Promise<Stored> {
  await tx.$queryRaw`SELECT 1 FROM "Integration" WHERE "id" = ${input.id}::uuid FOR UPDATE`;
  const row = await tx.integration.findFirst({
    where: { AND: [{ id: input.id }, visibleIntegrations(ctx.actor)] },
    include: describedParts,
  });
  if (!row) throw integrationNotFound();
  requirePermission(ctx.actor, "integrations.write", row.organizationId);
  if (row.version !== input.version) {
    throw new AppError(
      "conflict",
      "Somebody else saved this integration while you were editing. What you typed is still here: compare it with what they saved, then save again to overwrite it.",
    );
  }
  return row;
}

interface Changes {
  /** Origins that would see a secret for the first time. */
  origins: string[];
  /** Secrets that were stored, and are forgotten because of those origins. */
  cleared: { clientSecret: boolean; privateKey: boolean };
  reconnect: boolean;
  valuesBefore: Record<string, string | null>;
  values: Record<string, string | null>;
}

function judgeChanges(
  ctx: Ctx,
  before: Stored,
  input: UpdateIntegrationInput,
  { secretsLater = false }: UpdateOptions,
): Changes {
  const { oauth } = input;
  const known = new Set(before.configFields.map((field) => field.key));
  const errors: FieldError[] = Object.keys(input.config)
    .filter((key) => !known.has(key))
    .map((key) => ({ path: `config.${key}`, message: `There is no config field “${key}”.` }));
  const fields = before.configFields.map(({ key, type, required, values: [value] }) => {
    const given = Object.hasOwn(input.config, key) && type === "string";
    const next = given ? input.config[key]?.trim() || null : (value?.value ?? null);
    if (given && required && next === null)
      errors.push({ path: `config.${key}`, message: `Enter a value for ${key}.` });
    return { key, type, before: value?.value ?? null, value: next };
  });
  const [first] = errors;
  if (first) throw new AppError("validation_failed", first.message, { errors });
  const values = templateValues(input.defaultEntityId, fields);
  const valuesBefore = templateValues(
    before.defaultEntityId,
    fields.map((field) => ({ ...field, value: field.before })),
  );
  const client = before.oauthClient;
  checkIntegrationInput({
    testUrl: input.testUrl,
    oauth,
    values,
    stored:
      client || secretsLater
        ? { clientSecret: client?.clientSecret != null, privateKey: client?.privateKey != null }
        : null,
    policy: input.organizationPolicy ?? before.organizationPolicy,
    apiHosts: input.apiHosts,
    egress: ctx.egress,
  });
  const origins = client
    ? newOrigins(
        [client.tokenUrl, client.revocationUrl, before.testUrl],
        valuesBefore,
        [oauth?.tokenUrl ?? null, oauth?.revocationUrl ?? null, input.testUrl],
        values,
        { allowedHostSuffixes: [...before.apiHosts, ...input.apiHosts] },
      )
    : [];
  const moved = origins.length > 0;
  const cleared = {
    clientSecret: moved && client?.clientSecret != null && !oauth?.clientSecret && !oauth?.clearClientSecret,
    privateKey: moved && client?.privateKey != null && !oauth?.privateKey && !oauth?.clearPrivateKey,
  };
  return { origins, cleared, reconnect: moved, valuesBefore, values };
}

async function saveSettings(
  ctx: Ctx,
  tx: Tx,
  before: Stored,
  input: UpdateIntegrationInput,
  changes: Changes,
): Promise<number> {
  const { id, version: _version, oauth, config, ...columns } = input;
  await tx.integration.update({ where: { id }, data: { ...columns, version: { increment: 1 } } });
  await saveOAuthClient(ctx, tx, before, oauth, changes);
  if ((input.organizationPolicy ?? before.organizationPolicy) !== "derived") await forgetDerived(tx, id);
  for (const field of before.configFields) {
    if (field.type !== "string" || !Object.hasOwn(config, field.key)) continue;
    const value = config[field.key]?.trim() || null;
    if (value === (field.values[0]?.value ?? null)) continue;
    await tx.configValue.deleteMany({ where: { fieldId: field.id, mappingId: null } });
    if (value === null) continue;
    await tx.configValue.create({
      data: {
        id: uuidv7(),
        integrationId: id,
        fieldId: field.id,
        value,
        setAt: ctx.now(),
        setBy: ctx.actor.label,
      },
    });
  }
  if (changes.reconnect) await demandNewConsent(tx, id, changes.origins, ctx.now());
  const moved = changes.reconnect ? 0 : await follow(ctx, tx, before, input, changes);
  const after = await tx.integration.findUniqueOrThrow({ where: { id }, include: describedParts });
  const keys = savedKeys(before, config);
  await recordAudit(tx, ctx.actor, ctx.now(), {
    action: "integration.update",
    target: { type: "integration", id, label: input.name },
    organizationId: before.organizationId,
    before: describeIntegration(before, keys),
    after: {
      ...describeIntegration(after, keys, before),
      ...(changes.cleared.clientSecret ? { clientSecretCleared: true } : {}),
      ...(changes.cleared.privateKey ? { privateKeyCleared: true } : {}),
      ...(moved > 0 ? { reconnects: moved } : {}),
    },
  });
  return moved;
}

async function follow(
  ctx: Ctx,
  tx: Tx,
  { id, apiHosts, oauthClient: client }: Stored,
  input: UpdateIntegrationInput,
  { valuesBefore, values }: Changes,
): Promise<number> {
  if (!client || !input.oauth) return 0;
  return followValues(tx, {
    integrationId: id,
    before: { client, apiHosts, values: valuesBefore },
    after: { client: input.oauth, apiHosts: input.apiHosts, values },
    now: ctx.now(),
  });
}

/** What this save takes of the config: text fields alone. */
function savedKeys(before: Stored, config: UpdateIntegrationInput["config"]): Set<string> {
  const texts = before.configFields.filter(
    ({ key, type }) => type === "string" && Object.hasOwn(config, key),
  );
  return new Set(texts.map(({ key }) => key));
}

async function saveOAuthClient(
  ctx: Ctx,
  tx: Tx,
  before: Stored,
  oauth: UpdateIntegrationInput["oauth"],
  changes: Changes,
): Promise<void> {
  const integrationId = before.id;
  if (!oauth) {
    await tx.oAuthClient.deleteMany({ where: { integrationId } });
    await tx.connection.deleteMany({ where: { integrationId } });
    return;
  }
  const id = before.oauthClient?.id ?? uuidv7();
  const data = sealOAuthClient(ctx, id, oauth, { clearSecrets: changes.reconnect });
  // An edit is what mends a client's fault, so the fault is forgotten with it.
  const healed = { ...data, errorCode: null, errorMessage: null, errorAt: null, probeAt: null };
  await tx.oAuthClient.upsert({
    where: { integrationId },
    create: { ...data, id, integrationId },
    update: healed,
  });
  // An attempt under way was made with what stood before: should its answer say that this was wrong, it is tried again.
  await tx.$executeRaw`
    UPDATE "Connection" SET "nextTryAt" = NULL, "dueAt" = least(coalesce("dueAt", now()), now())
    WHERE "integrationId" = ${integrationId}::uuid AND ("status" = 'degraded' OR "leaseUntil" > now())`;
}

function noticeOf({ reconnect, origins, cleared }: Changes): string | null {
  return reconnect ? originsMoved(origins, cleared) : null;
}

async function duplicateName(ctx: Ctx, input: UpdateIntegrationInput): Promise<AppError> {
  const row = await ctx.db.prisma.integration.findUnique({ where: { id: input.id } });
  return nameTaken(input.name, row?.organizationId ?? null);
}
