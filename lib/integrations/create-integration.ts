import { uuidv7 } from "@/lib/db/id";
import { recordAudit } from "@/lib/audit/record-audit";
import type { Ctx } from "@/lib/auth/context";
import { requirePermission } from "@/lib/auth/permissions";
import { templateValues } from "@/lib/connections/rules";
import { isUniqueViolation } from "@/lib/db/unique-violation";
import { AppError, fieldError, parseInput, type FieldError } from "@/lib/errors";
import { resolveUrlTemplate } from "@/lib/oauth/templates";
import { findPreset } from "@/lib/presets/list-presets";
import { checkIntegrationInput } from "./check-integration-input";
import { describeIntegration } from "./describe-integration";
import { reserveSlug } from "./reserve-slug";
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
    values: templateValues(
      input.defaultEntityId,
      fields.map((field) => ({ ...field, type: "string" })),
    ),
    stored: null,
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
      const rows = fields.map((field, position) => ({ ...field, id: uuidv7(), integrationId: id, position }));
      await tx.configField.createMany({
        data: rows.map(({ value: _value, ...field }) => ({ ...field, type: "string" as const })),
      });
      await tx.configValue.createMany({
        data: rows.flatMap(({ id: fieldId, value }) =>
          value === null
            ? []
            : [{ id: uuidv7(), integrationId: id, fieldId, value, setAt: ctx.now(), setBy: ctx.actor.label }],
        ),
      });
      await recordAudit(tx, ctx.actor, ctx.now(), {
        action: "integration.create",
        target: { type: "integration", id, label: input.name },
        organizationId: input.organizationId,
        after: describeIntegration(input),
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
  required: boolean;
  description: string;
}

/** The config fields that the preset brings, with what was typed for them; `base_url` comes from the preset's own. */
function presetFields(input: CreateIntegrationInput) {
  const preset = input.presetId === null ? null : findPreset(input.presetId);
  if (input.presetId !== null && !preset)
    throw fieldError("presetId", "There is no such preset; choose another.");
  const definitions: FieldDefinition[] = [...(preset?.configFields ?? [])];
  if (preset?.baseUrl && !definitions.some((field) => field.key === BASE_URL.key)) definitions.push(BASE_URL);
  const known = new Set(definitions.map((field) => field.key));
  const errors: FieldError[] = Object.keys(input.config)
    .filter((key) => !known.has(key))
    .map((key) => ({ path: `config.${key}`, message: `There is no config field “${key}”.` }));
  const fields = definitions.map(({ key, label, required, description }) => {
    const value = input.config[key]?.trim() || null;
    if (required && value === null) errors.push({ path: `config.${key}`, message: `Enter the ${label}.` });
    return { key, required, description, value };
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
  required: false,
  description: "Where integration.fetch() sends a path.",
};

function resolveBaseUrl(
  template: string,
  input: CreateIntegrationInput,
  fields: { key: string; value: string | null }[],
): string | null {
  const typed = fields.map((field) => ({ ...field, type: "string" }));
  const resolved = resolveUrlTemplate(template, templateValues(input.defaultEntityId, typed));
  return resolved.ok ? resolved.url.replace(/\/$/, "") : null;
}
