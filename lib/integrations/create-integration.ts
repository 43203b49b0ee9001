import { uuidv7 } from "@/lib/db/id";
import { recordAudit } from "@/lib/audit/record-audit";
import type { Ctx } from "@/lib/auth/context";
import { requirePermission } from "@/lib/auth/permissions";
import { parseTypedText } from "@/lib/config/rules";
import { templateValues } from "@/lib/connections/rules";
import { seal } from "@/lib/crypto/seal";
import type { Tx } from "@/lib/db/client";
import { isUniqueViolation } from "@/lib/db/unique-violation";
import { AppError, fieldError, parseInput, type FieldError } from "@/lib/errors";
import { resolveUrlTemplate } from "@/lib/oauth/templates";
import { findPreset } from "@/lib/presets/list-presets";
import { checkIntegrationInput } from "./check-integration-input";
import { describedParts, describeIntegration } from "./describe-integration";
import { reserveSlug } from "./reserve-slug";
import type { ConfigFieldType, JsonValue } from "./rules";
import { createIntegrationInput, type CreateIntegrationInput } from "./schema";
import { sealOAuthClient } from "./seal-oauth-client";

/**
 * Creates an integration with its OAuth client and, from a preset, its config fields.
 * @throws AppError `permission_denied`, `validation_failed` (a name that is taken among them), `organization_not_found`
 */
export async function createIntegration(ctx: Ctx, raw: unknown): Promise<{ id: string; name: string }> {
  requirePermission(ctx.actor, "integrations.write", null);
  const input = parseInput(createIntegrationInput, raw);
  const fields = presetFields(input);
  checkIntegrationInput({
    testUrl: input.testUrl,
    oauth: input.oauth,
    values: templateValues(input.defaultEntityId, fields),
    stored: null,
    policy: input.organizationPolicy,
    apiHosts: input.apiHosts,
    egress: ctx.egress,
  });
  try {
    return await ctx.db.prisma.$transaction(async (tx) => {
      if (input.organizationId !== null) {
        const owner = await tx.organization.findUnique({ where: { id: input.organizationId } });
        if (!owner)
          throw new AppError("organization_not_found", "That organization does not exist; choose another.");
      }
      const id = uuidv7();
      const { oauth, config: _config, ...columns } = input;
      await tx.integration.create({ data: { ...columns, id, slug: await reserveSlug(tx, input.name) } });
      if (oauth) {
        const clientId = uuidv7();
        await tx.oAuthClient.create({
          data: { ...sealOAuthClient(ctx, clientId, oauth), id: clientId, integrationId: id },
        });
      }
      await createFields(ctx, tx, id, fields);
      const created = await tx.integration.findUniqueOrThrow({ where: { id }, include: describedParts });
      await recordAudit(tx, ctx.actor, ctx.now(), {
        action: "integration.create",
        target: { type: "integration", id, label: input.name },
        organizationId: input.organizationId,
        after: describeIntegration(created, new Set(fields.map(({ key }) => key))),
      });
      return { id, name: input.name };
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw nameTaken(input.name, input.organizationId);
    throw error;
  }
}

/** The error of a name that another integration of the same owner has. */
export function nameTaken(name: string, organizationId: string | null): AppError {
  const where = organizationId === null ? "A global integration" : "An integration of this organization";
  return fieldError("name", `${where} is already called ${name}. Choose another name.`);
}

interface FieldDefinition {
  key: string;
  label: string;
  type: ConfigFieldType;
  required: boolean;
  description: string;
}

type NewField = Omit<FieldDefinition, "label"> & { value: JsonValue };

/** The config fields that the preset brings, with what was typed for them; `base_url` comes from the preset's own. */
function presetFields(input: CreateIntegrationInput): NewField[] {
  const preset = input.presetId === null ? null : findPreset(input.presetId);
  if (input.presetId !== null && !preset)
    throw fieldError("presetId", "There is no such preset; choose another.");
  const definitions: (FieldDefinition & { defaultValue?: string | null })[] = [
    ...(preset?.configFields ?? []),
  ];
  if (preset?.baseUrl && !definitions.some((field) => field.key === BASE_URL.key)) definitions.push(BASE_URL);
  const known = new Set(definitions.map((field) => field.key));
  const errors: FieldError[] = Object.keys(input.config)
    .filter((key) => !known.has(key))
    .map((key) => ({ path: `config.${key}`, message: `There is no config field “${key}”.` }));
  const fields = definitions.map(({ key, label, type, required, description, defaultValue }): NewField => {
    const path = `config.${key}`;
    const typed = parseTypedText(type, input.config[key] ?? defaultValue ?? "");
    if (!typed.ok) errors.push({ path, message: typed.message });
    else if (required && typed.value === null) errors.push({ path, message: `Enter the ${label}.` });
    return { key, type, required, description, value: typed.ok ? typed.value : null };
  });
  const [first] = errors;
  if (first) throw new AppError("validation_failed", first.message, { errors });
  return fields.map((field) =>
    field.key === BASE_URL.key && field.value === null && preset?.baseUrl
      ? { ...field, value: resolveBaseUrl(preset.baseUrl, input, fields) }
      : field,
  );
}

const BASE_URL: FieldDefinition = {
  key: "base_url",
  label: "Base URL",
  type: "string",
  required: false,
  description: "Where integration.fetch() sends a path.",
};

function resolveBaseUrl(template: string, input: CreateIntegrationInput, fields: NewField[]): string | null {
  const resolved = resolveUrlTemplate(template, templateValues(input.defaultEntityId, fields));
  return resolved.ok ? resolved.url.replace(/\/$/, "") : null;
}

async function createFields(ctx: Ctx, tx: Tx, integrationId: string, fields: NewField[]): Promise<void> {
  for (const [position, { value, ...field }] of fields.entries()) {
    const fieldId = uuidv7();
    await tx.configField.create({ data: { ...field, id: fieldId, integrationId, position } });
    if (value === null) continue;
    const id = uuidv7();
    const stored =
      field.type === "secret"
        ? { sealed: seal(ctx.keyring, { table: "ConfigValue", id, field: "value" }, String(value)) }
        : { value };
    await tx.configValue.create({
      data: { id, integrationId, fieldId, ...stored, setAt: ctx.now(), setBy: ctx.actor.label },
    });
  }
}
