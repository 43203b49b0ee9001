import { recordAudit } from "@/lib/audit/record-audit";
import type { Ctx } from "@/lib/auth/context";
import { type ConfigurableIntegration, listTemplateUses, loadConfigurable } from "@/lib/config/queries";
import { describeDrops, sameJson, usedBy } from "@/lib/config/rules";
import type { FieldChange } from "@/lib/config/schema";
import { setDefaults } from "@/lib/config/set-defaults";
import { updateConfigSchema } from "@/lib/config/update-config-schema";
import type { Tx } from "@/lib/db/client";
import { joinTransaction } from "@/lib/db/join-transaction";
import { fieldError } from "@/lib/errors";
import { createIntegration } from "@/lib/integrations/create-integration";
import type { JsonValue } from "@/lib/integrations/rules";
import { updateIntegration } from "@/lib/integrations/update-integration";
import { listPlaceholders } from "@/lib/oauth/templates";
import { findPreset } from "@/lib/presets/list-presets";
import { definitionOf } from "./queries";
import { camelCase, describeEffects, diffDefinitions } from "./rules";
import { type Definition, type ImportResult, OAUTH_SETTINGS } from "./schema";

/** An integration on its way to what the definition says; each step reads it anew. */
interface Work {
  /** Its database is the transaction: every verb called with it joins. */
  ctx: Ctx;
  tx: Tx;
  id: string;
  version: number;
  definition: Definition;
  changes: FieldChange[];
  notices: string[];
}

export interface ApplyInput {
  definition: Definition;
  organizationId: string | null;
  /** The integration to update; null: create one. */
  existing: { id: string; version: number } | null;
}

/**
 * Makes an integration what a definition says, by the verbs of the forms and with their checks, in the transaction given.
 * What a definition cannot hold (secrets, mappings, connections) stays as it is.
 * @throws AppError whatever the verbs throw; their paths are those of their own inputs
 */
export async function applyDefinition(
  ctx: Ctx,
  tx: Tx,
  { definition, organizationId, existing }: ApplyInput,
): Promise<{ id: string; result: Omit<ImportResult, "organization"> }> {
  const joined: Ctx = { ...ctx, db: joinTransaction(ctx.db, tx) };
  const target = existing ?? (await createBlank(joined, definition, organizationId));
  const work: Work = { ctx: joined, tx, ...target, definition, changes: [], notices: [] };
  const before = await read(work);
  const drops = oauthDrops(before, definition, await countConnections(work));
  await makeRoomInSchema(work, before);
  await setNewDefaults(work, before);
  await saveSettings(work);
  await finishSchema(work);
  await setRemainingDefaults(work);
  await savePreset(work, before.presetId);
  const after = await read(work);
  const changes = diffDefinitions(existing && definitionOf(before), definitionOf(after));
  const act = existing ? (changes.length === 0 ? "none" : "update") : "create";
  if (act !== "none") {
    await recordAudit(tx, ctx.actor, ctx.now(), {
      action: "integration.import",
      target: { type: "integration", id: work.id, label: after.name },
      organizationId,
      before: Object.fromEntries(changes.map(({ path, before: text }) => [path, text])),
      after: Object.fromEntries(changes.map(({ path, after: text }) => [path, text])),
    });
  }
  const result = {
    act: act as ImportResult["act"],
    name: after.name,
    changes,
    effects: describeEffects(work.changes),
    drops: [...drops, ...describeDrops(work.changes)],
    notices: work.notices,
    byHand: listByHand(after),
  };
  return { id: work.id, result };
}

async function createBlank(ctx: Ctx, { name, description }: Definition, organizationId: string | null) {
  const { id } = await createIntegration(ctx, { name, description, organizationId });
  return { id, version: 1 };
}

function read({ tx, ctx, id, version }: Work): Promise<ConfigurableIntegration> {
  return loadConfigurable(tx, ctx, { integrationId: id, version });
}

function countConnections({ tx, id }: Work): Promise<number> {
  return tx.connection.count({ where: { integrationId: id, status: { not: "not_connected" } } });
}

function oauthDrops(before: ConfigurableIntegration, { oauth }: Definition, connections: number): string[] {
  if (!before.oauthClient || oauth) return [];
  const tokens =
    connections === 0 ? "" : `, and ${connections === 1 ? "1 connection" : `${connections} connections`}`;
  return [`Removing the OAuth settings drops the client secret${tokens}.`];
}

/** Fields that the stored URLs use and the new ones do not: they can change only after the URLs did. */
function heldFields(before: ConfigurableIntegration, definition: Definition): Set<string> {
  const uses = listTemplateUses(before);
  const { oauth, test_url: testUrl } = definition;
  const texts = oauth && [
    ...Object.values(oauth).filter((value) => typeof value === "string"),
    ...Object.values(oauth.authorization_params),
    ...Object.values(oauth.token_params),
  ];
  const wanted = new Set([...(texts ?? []), testUrl ?? ""].flatMap(listPlaceholders));
  const keys = before.configFields.map(({ key }) => key);
  return new Set(keys.filter((key) => usedBy(key, uses) !== null && !wanted.has(key)));
}

/** Adds the fields that new URLs may use; those that the old ones use stay for now. */
async function makeRoomInSchema(work: Work, before: ConfigurableIntegration): Promise<void> {
  const held = heldFields(before, work.definition);
  const stored = new Map(before.configFields.map((field) => [field.key, field]));
  const fields = work.definition.config_schema.map(({ default: _value, ...field }) => ({
    ...field,
    id: stored.get(field.key)?.id ?? null,
    type: (held.has(field.key) && stored.get(field.key)?.type) || field.type,
  }));
  const wanted = new Set(fields.map(({ key }) => key));
  const kept = before.configFields.filter(({ key }) => held.has(key) && !wanted.has(key));
  await saveSchema(work, before, [...fields, ...kept]);
}

async function finishSchema(work: Work): Promise<void> {
  const before = await read(work);
  const ids = new Map(before.configFields.map(({ key, id }) => [key, id]));
  const fields = work.definition.config_schema.map(({ default: _value, ...field }) => ({
    ...field,
    id: ids.get(field.key) ?? null,
  }));
  await saveSchema(work, before, fields);
}

type WantedField = Pick<
  ConfigurableIntegration["configFields"][number],
  "key" | "type" | "required" | "description"
> & { id: string | null };

async function saveSchema(work: Work, before: ConfigurableIntegration, wanted: WantedField[]): Promise<void> {
  const plain = ({ id, key, type, required, description }: WantedField) => ({
    id,
    key,
    type,
    required,
    description,
  });
  const fields = wanted.map(plain);
  if (JSON.stringify(fields) === JSON.stringify(before.configFields.map(plain))) return;
  const { version, changes } = await updateConfigSchema(
    work.ctx,
    { integrationId: work.id, version: work.version, fields },
    // The import says them all at once.
    { acceptsAllDrops: true },
  );
  work.version = version;
  work.changes.push(...changes);
}

/** No stored URL uses a new field yet, so its default moves nothing; the URLs to come are judged with it. */
async function setNewDefaults(work: Work, before: ConfigurableIntegration): Promise<void> {
  const known = new Set(before.configFields.map(({ key }) => key));
  await saveDefaults(work, (key) => !known.has(key));
}

async function setRemainingDefaults(work: Work): Promise<void> {
  await saveDefaults(work, () => true);
}

async function saveDefaults(work: Work, isMeant: (key: string) => boolean): Promise<void> {
  const stored = new Map((await read(work)).configFields.map(({ key, values }) => [key, values[0]]));
  const values: Record<string, JsonValue> = {};
  for (const { key, type, default: value } of work.definition.config_schema) {
    if (type === "secret" || !isMeant(key)) continue;
    const current = stored.get(key);
    if (current === undefined ? value !== null : !sameJson(current.value as JsonValue, value))
      values[key] = value;
  }
  if (Object.keys(values).length === 0) return;
  const { version, notice } = await setDefaults(work.ctx, {
    integrationId: work.id,
    version: work.version,
    values,
  });
  work.version = version;
  if (notice) work.notices.push(notice);
}

async function saveSettings(work: Work): Promise<void> {
  const before = await read(work);
  const { definition } = work;
  const changes = diffDefinitions(definitionOf(before), definition);
  if (!changes.some(({ path }) => !path.startsWith("config_schema") && path !== "preset")) return;
  const { version, notice } = await updateIntegration(
    work.ctx,
    {
      id: work.id,
      version: work.version,
      name: definition.name,
      description: definition.description,
      entityDataProvider: definition.entity_data_provider,
      defaultEntityId: definition.default_entity_id,
      testUrl: definition.test_url,
      apiHosts: definition.api_hosts,
      organizationPolicy: definition.organization_policy,
      lendsDefaultToKeys: definition.lend_default_to_api_keys,
      config: movingTexts(before, definition),
      oauth: definition.oauth && {
        ...Object.fromEntries(OAUTH_SETTINGS.map((name) => [camelCase(name), definition.oauth?.[name]])),
        clientSecretExpiresAt: before.oauthClient?.clientSecretExpiresAt,
      },
    },
    { secretsLater: true },
  );
  work.version = version;
  if (notice) work.notices.push(notice);
}

/** New texts of fields that URLs use are saved with the URLs, so that where both lead is judged once. */
function movingTexts(before: ConfigurableIntegration, { config_schema: fields }: Definition) {
  const types = new Map(before.configFields.map(({ key, type }) => [key, type]));
  const texts = fields.flatMap(({ key, type, default: value }): [string, string][] => {
    const isText = type === "string" && types.get(key) === "string" && typeof value === "string";
    return isText && value.trim() === value && value !== "" ? [[key, value]] : [];
  });
  return Object.fromEntries(texts);
}

async function savePreset({ tx, id, definition: { preset } }: Work, stored: string | null): Promise<void> {
  if (preset === stored) return;
  if (preset !== null && !findPreset(preset)) {
    throw fieldError("presetId", `This server has no preset “${preset}”. Correct the name, or take it out.`);
  }
  await tx.integration.update({ where: { id }, data: { presetId: preset } });
}

function listByHand({ oauthClient: client, configFields }: ConfigurableIntegration): string[] {
  const list: string[] = [];
  if (client?.tokenEndpointAuthMethod === "private_key_jwt") {
    if (client.privateKey === null) list.push("Enter the private key.");
  } else if (client && client.tokenEndpointAuthMethod !== "none" && client.clientSecret === null) {
    list.push("Enter the Client Secret.");
  }
  for (const { key, type, required, values } of configFields) {
    if (type !== "secret" || values.length > 0) continue;
    const unless = required ? "" : ", if it needs one";
    list.push(`Enter the default of the secret field ${key}${unless}, or one for each organization.`);
  }
  return list;
}
