import type { Ctx } from "@/lib/auth/context";
import { requirePermission } from "@/lib/auth/permissions";
import type { Tx } from "@/lib/db/client";
import type { OAuthClient, Prisma } from "@/lib/db/generated/client";
import { AppError, type FieldError } from "@/lib/errors";
import { integrationNotFound, visibleIntegrations } from "@/lib/integrations/queries";
import { listPlaceholders, resolveUrlTemplate, type TemplateValues } from "@/lib/oauth/templates";
import { findPreset } from "@/lib/presets/list-presets";
import type { TemplateUse } from "./rules";

interface TemplateOwner {
  testUrl: string | null;
  apiHosts: string[];
  oauthClient: Pick<
    OAuthClient,
    | "authorizationUrl"
    | "tokenUrl"
    | "revocationUrl"
    | "identityUrl"
    | "issuer"
    | "authorizationParams"
    | "tokenParams"
  > | null;
}

/** Which placeholders each of an integration's templates uses, under the label that the screens give it. */
export function listTemplateUses({ testUrl, oauthClient: client }: TemplateOwner): TemplateUse[] {
  const templates: [label: string, texts: (string | null | undefined)[]][] = [
    ["Authorization URL", [client?.authorizationUrl]],
    ["Token URL", [client?.tokenUrl]],
    ["Revocation URL", [client?.revocationUrl]],
    ["Identity URL", [client?.identityUrl]],
    ["Issuer", [client?.issuer]],
    ["Authorization parameters", texts(client?.authorizationParams)],
    ["Token parameters", texts(client?.tokenParams)],
    ["Test URL", [testUrl]],
  ];
  return templates
    .map(([label, list]) => ({ label, names: list.flatMap((text) => listPlaceholders(text ?? "")) }))
    .filter(({ names }) => names.length > 0);
}

/**
 * The same and what a preset's Test connection uses besides: whoever sets those chooses what is asked with the integration's
 * own credentials.
 */
export function listSteeringUses(owner: TemplateOwner & { presetId: string | null }): TemplateUse[] {
  const preset = findPreset(owner.presetId);
  const ofPreset: TemplateUse[] = [
    { label: "Test path", names: listPlaceholders(preset?.testPath ?? "") },
    { label: "Header", names: Object.keys(preset?.auth?.headers ?? {}).flatMap(listPlaceholders) },
  ];
  return [...listTemplateUses(owner), ...ofPreset.filter(({ names }) => names.length > 0)];
}

function texts(params: Prisma.JsonValue | undefined): string[] {
  return params !== null && typeof params === "object" ? Object.values(params).map(String) : [];
}

/** A value that fits every place, for what is not set yet. */
const SAMPLE = "sample";

/**
 * What is wrong with values as parts of the URLs that use them. Only the names in `paths` are judged, each error at the
 * path given for it; that a value is not set is no error here.
 */
export function findTemplateFlaws(
  { oauthClient: client, testUrl, apiHosts }: TemplateOwner,
  values: TemplateValues,
  paths: ReadonlyMap<string, string>,
): FieldError[] {
  const known = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value ?? SAMPLE]));
  const urls = [
    client?.authorizationUrl,
    client?.tokenUrl,
    client?.revocationUrl,
    client?.identityUrl,
    client?.issuer,
    testUrl,
  ];
  const errors = new Map<string, string>();
  for (const url of urls) {
    if (!url) continue;
    const resolved = resolveUrlTemplate(url, known, { allowedHostSuffixes: apiHosts });
    const path = resolved.ok || resolved.placeholder === null ? undefined : paths.get(resolved.placeholder);
    if (!resolved.ok && path !== undefined) errors.set(path, resolved.message);
  }
  return [...errors].map(([path, message]) => ({ path, message }));
}

const editable = {
  oauthClient: true,
  configFields: { orderBy: { position: "asc" }, include: { values: { where: { mappingId: null } } } },
} satisfies Prisma.IntegrationInclude;

/** An integration as the edits of its configuration need it. */
export type ConfigurableIntegration = Prisma.IntegrationGetPayload<{ include: typeof editable }>;

/**
 * Loads an integration whose configuration is to be edited.
 * @throws AppError `integration_not_found`, `permission_denied`, `conflict` when somebody saved meanwhile
 */
export async function loadConfigurable(
  tx: Tx,
  ctx: Ctx,
  input: { integrationId: string; version: number },
): Promise<ConfigurableIntegration> {
  const row = await tx.integration.findFirst({
    where: { AND: [{ id: input.integrationId }, visibleIntegrations(ctx.actor)] },
    include: editable,
  });
  if (!row) throw integrationNotFound();
  requirePermission(ctx.actor, "integrations.write", row.organizationId);
  if (row.version === input.version) return row;
  throw new AppError(
    "conflict",
    "Somebody else saved this integration while you were editing. What you typed is still here: compare it with what they saved, then save again to overwrite it.",
  );
}

/**
 * The same, locked until the transaction ends: whoever writes a value meanwhile waits, and finds the schema as it is then.
 * @throws AppError `integration_not_found`, `permission_denied`, `conflict` when somebody saved meanwhile
 */
export async function lockConfigurable(
  tx: Tx,
  ctx: Ctx,
  input: { integrationId: string; version: number },
): Promise<ConfigurableIntegration> {
  await tx.$queryRaw`SELECT 1 FROM "Integration" WHERE "id" = ${input.integrationId}::uuid FOR UPDATE`;
  return loadConfigurable(tx, ctx, input);
}
