import { type Actor, actorOrganizationId, isProviderContext } from "@/lib/auth/actor";
import type { Ctx } from "@/lib/auth/context";
import { recordCredentialRead } from "@/lib/audit/record-credential-read";
import { templateValues, tokenEntity } from "@/lib/connections/rules";
import type { Keyring } from "@/lib/crypto/keyring";
import { unseal } from "@/lib/crypto/seal";
import { AppError, fieldError } from "@/lib/errors";
import { tellFailure } from "@/lib/health/rules";
import { resolveUrlTemplate } from "@/lib/oauth/templates";
import {
  type ClientDefinition,
  type Definition,
  knownDefinition,
  openOfDefinition,
  readDefinition,
} from "./read-definition";
import { type ConnectionRow, type IntegrationRow, readIntegrationRow } from "./read-integration-row";
import {
  type ConfigFieldValues,
  type ConfigSource,
  type ConnectionSource,
  type ConnectionStatus,
  chooseConnection,
  decideScope,
  explainServing,
  hasOwnTokenUrl,
  INTEGRATION_NAME,
  isTemplated,
  isUsable,
  type JsonValue,
  mergeConfig,
  type OAuthError,
  oauthView,
  type Reader,
  type Serving,
} from "./rules";

export interface OAuthCredentials {
  connectionId: string | null;
  connectionName: string;
  clientId: string | null;
  clientSecret: string | null;
  authorizationUrl: string | null;
  tokenUrl: string | null;
  scopes: string[];
  accessToken: string | null;
  refreshToken: string | null;
  expiresAt: Date | null;
  /**
   * What should be done about the serving token for this reader, who is not told: `due`, refresh it behind; `due_first`,
   * before it is given, as the service ends the old one; `expired`, as it can no longer be given; `missing`, it comes
   * without a person and nobody has asked yet.
   */
  need: "none" | "due" | "due_first" | "expired" | "missing";
  /** Of this reader, who is not told it; the service's words are for whoever owns the connection alone. */
  ownsConnection: boolean;
  /** Whose token `need` says is missing. */
  mappingId: string | null;
  tokenType: string | null;
  version: number;
  status: ConnectionStatus;
  source: ConnectionSource | null;
  entityId: string | null;
  account: string | null;
  error: OAuthError | null;
  extra: Record<string, JsonValue>;
}

export interface IntegrationData {
  integrationId: string;
  name: string;
  /** Whom the answer is for; null: the defaults alone. */
  organizationId: string | null;
  entityId: string | null;
  entityName: string | null;
  config: Record<string, JsonValue>;
  configSources: Record<string, ConfigSource>;
  apiHosts: string[];
  oauth: OAuthCredentials | null;
}

export interface GetIntegrationInput {
  name: string;
  /** An organization's id, `"global"`, or undefined for the caller's own organization. */
  scope?: string | undefined;
}

/**
 * What a script gets when it asks for an integration by name: merged configuration and the token that serves it. Secrets
 * are opened only for a reader that may have them. For an API key, the same statement that reads the data checks that
 * the key still lives, so that a revoked key never sees a row.
 *
 * @returns null where the target has no integration of that name and there is no global one either
 * @throws AppError `unauthenticated`, `permission_denied`, `scope_forbidden`, `organization_not_found`, `validation_failed`
 * @throws UnsealError when a secret of the answer cannot be opened
 */
export async function getIntegrationData(
  ctx: Ctx,
  input: GetIntegrationInput,
): Promise<IntegrationData | null> {
  const reader = readerOf(ctx.actor);
  const targetId = requireScope(reader, input.scope);
  // What cannot be a name is looked up as none, so that a bad name is judged after the key and the organization.
  const name = INTEGRATION_NAME.test(input.name) ? input.name : "";
  const apiKeyId = ctx.actor.type === "api_key" ? ctx.actor.id : null;
  const found = await readAtOneMoment(ctx, { name, targetId, apiKeyId });
  if (!found) return null;
  const read = assemble(ctx.keyring, reader, targetId, found);
  if (reader.mayReadCredentials && read.hasSecrets) await auditRead(ctx, found.row, targetId, read.data);
  return read.data;
}

interface Found {
  row: IntegrationRow;
  definition: Definition;
}

const MOST_TRIES = 20;

/**
 * What is the organization's and the definition, as they were at one moment. A definition that was not in memory is followed
 * by another look at everything else, so that no answer holds anything newer than the check of its key.
 */
async function readAtOneMoment(
  ctx: Ctx,
  question: { name: string; targetId: string | null; apiKeyId: string | null },
): Promise<Found | null> {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const row = await readIntegrationRow(ctx.db.pool, question);
    const integration = judge(row, question.targetId);
    if (!integration) return null;
    const known = knownDefinition(ctx.db.pool, integration.id, integration.stamp);
    if (known) return { row, definition: known };
    await readDefinition(ctx.db.pool, integration.id);
  }
  throw new AppError("service_unavailable", "This integration is being changed right now. Try again.", {
    retryAfterSeconds: 1,
  });
}

/** @throws AppError for a key that no longer lives or may not, and for an unknown organization */
function judge(row: IntegrationRow, targetId: string | null): IntegrationRow["integration"] {
  if (!row.keyLives)
    throw new AppError("unauthenticated", "This API key is no longer valid. Create another one.");
  if (!row.targetAllowed) throw new AppError("scope_forbidden", KEY_LIMITED_TO_ORGANIZATIONS);
  if (targetId !== null && row.targetId === null) {
    throw new AppError(
      "organization_not_found",
      `There is no active organization ${targetId}. List them with GET /api/v1/organizations.`,
    );
  }
  if (row.integration && !row.integrationAllowed)
    throw new AppError("permission_denied", KEY_LIMITED_TO_INTEGRATIONS);
  return row.integration;
}

const KEY_LIMITED_TO_ORGANIZATIONS =
  "This API key is limited to certain organizations, and this is none of them. Name one of them as the scope, or use another key.";
const KEY_LIMITED_TO_INTEGRATIONS =
  "This API key is limited to certain integrations, and this is none of them. Use another key.";

function readerOf(actor: Actor): Reader {
  if (actor.type === "api_key" && !actor.permissions.some((held) => held.endsWith(":read"))) {
    throw new AppError(
      "permission_denied",
      "This API key may not read integrations. Use a key with the permission integrations:read or credentials:read.",
    );
  }
  return {
    organizationId: actorOrganizationId(actor),
    isProvider: isProviderContext(actor),
    isApiKey: actor.type === "api_key",
    mayReadCredentials:
      actor.type === "system" ||
      actor.type === "operator" ||
      (actor.type === "api_key" && actor.permissions.includes("credentials:read")),
  };
}

function requireScope(reader: Reader, scope: string | undefined): string | null {
  const decision = decideScope(reader, scope);
  if (decision.ok) return decision.targetId;
  if (decision.reason === "forbidden") {
    throw new AppError(
      "scope_forbidden",
      "A key of a managed organization speaks for that organization alone. Leave the scope out, or use a key of the provider organization.",
    );
  }
  throw fieldError("scope", 'The scope must be an organization\'s id (a UUID) or "global".');
}

interface Read {
  data: IntegrationData;
  hasSecrets: boolean;
}

function assemble(keyring: Keyring, reader: Reader, targetId: string | null, found: Found): Read {
  const { row, definition } = found;
  const fields = definition.fields.map(({ id, key, type, default: byDefault }): ConfigFieldValues => ({
    key,
    type,
    default: byDefault,
    override: row.overrides.get(id) ?? null,
  }));
  const entityId = row.mapping?.entityId ?? definition.defaultEntityId;
  const { config, configSources, hasSecrets } = openConfig(keyring, reader, definition, fields);
  return {
    data: {
      integrationId: definition.id,
      name: definition.name,
      organizationId: targetId,
      entityId,
      entityName: row.mapping?.entityName ?? null,
      config,
      configSources,
      apiHosts: definition.apiHosts,
      oauth:
        definition.client &&
        assembleOAuth(keyring, reader, targetId, found, definition.client, fields, entityId),
    },
    hasSecrets: definition.client !== null || hasSecrets,
  };
}

function openConfig(keyring: Keyring, reader: Reader, definition: Definition, fields: ConfigFieldValues[]) {
  const config: Record<string, JsonValue> = {};
  const configSources: Record<string, ConfigSource> = {};
  let hasSecrets = false;
  for (const { key, type, source, stored } of mergeConfig(fields)) {
    const { id, value, sealed } = stored;
    configSources[key] = source;
    hasSecrets ||= type === "secret";
    if (sealed === null) config[key] = value;
    else if (!reader.mayReadCredentials) config[key] = null;
    else {
      const place = { table: "ConfigValue", id, field: "value" };
      config[key] =
        source === "default"
          ? openOfDefinition(keyring, definition, place, sealed)
          : unseal(keyring, place, sealed);
    }
  }
  return { config, configSources, hasSecrets };
}

function assembleOAuth(
  keyring: Keyring,
  reader: Reader,
  targetId: string | null,
  { row, definition }: Found,
  client: ClientDefinition,
  fields: ConfigFieldValues[],
  entityId: string | null,
): OAuthCredentials {
  const chosen = chooseConnection({
    targetId,
    ownerId: definition.ownerId,
    policy: definition.policy,
    isMapped: row.mapping !== null,
    hasOwnTokenUrl: namesOwnTokenUrl(row, client, fields),
    hasOwnConnection: row.connection?.isOwn === true,
    flowType: client.flowType,
    tokenUrl: client.tokenUrl,
  });
  const connection = servingConnection(row.connection, chosen);
  const serving = explainServing(chosen, connection, row.connection);
  const view = oauthView({
    reader,
    ownerId: definition.ownerId,
    lendsDefaultToKeys: definition.lendsDefaultToKeys,
    serving,
    connection,
    ourWords: connection && tellFailure(connection, true),
    now: row.now,
  });
  const resolve = urlResolver(definition, fields, serving, entityId);
  const open = (field: "accessToken" | "refreshToken" | "extra", sealed: string | null | undefined) =>
    connection && sealed ? unseal(keyring, { table: "Connection", id: connection.id, field }, sealed) : null;
  const extra = view.extra ? open("extra", connection?.extra) : null;
  const place = { table: "OAuthClient", id: client.id, field: "clientSecret" };
  return {
    connectionId: connection?.id ?? null,
    connectionName: definition.name,
    clientId: client.clientId,
    clientSecret:
      view.clientSecret && client.clientSecret !== null
        ? openOfDefinition(keyring, definition, place, client.clientSecret)
        : null,
    authorizationUrl: resolve(client.authorizationUrl),
    tokenUrl: resolve(client.tokenUrl),
    scopes: connection && connection.grantedScopes.length > 0 ? connection.grantedScopes : client.scopes,
    accessToken: view.accessToken ? open("accessToken", connection?.accessToken) : null,
    refreshToken: view.refreshToken ? open("refreshToken", connection?.refreshToken) : null,
    expiresAt: connection?.expiresAt ?? null,
    need: view.mayHaveToken ? refreshNeed(row, client, serving, connection) : "none",
    ownsConnection: view.ownsConnection,
    mappingId: row.mapping?.id ?? null,
    tokenType: connection?.tokenType ?? null,
    version: connection?.tokenVersion ?? 0,
    status: view.status,
    source: connection ? serving.source : null,
    entityId: connection && tokenEntity(connection),
    account: connection?.accountLabel ?? connection?.accountSubject ?? null,
    error: view.error,
    extra: extra === null ? {} : (JSON.parse(extra) as Record<string, JsonValue>),
  };
}

function refreshNeed(
  { now, connection: stored }: IntegrationRow,
  { refreshEndsAccessToken }: ClientDefinition,
  { comesBy }: Serving,
  connection: ConnectionRow | null,
): OAuthCredentials["need"] {
  if (!connection) {
    const canCome = comesBy === "client_credentials" || (comesBy === "derived" && isUsable(stored));
    return canCome ? "missing" : "none";
  }
  if (connection.status === "not_connected") return "none";
  if (connection.expiresAt !== null && connection.expiresAt <= now) return "expired";
  if (connection.dueAt === null || connection.dueAt > now) return "none";
  return refreshEndsAccessToken ? "due_first" : "due";
}

/** Asked only where the answer matters: not beside an own connection, and most token URLs are the same for everybody. */
function namesOwnTokenUrl(
  { mapping, connection, overrides }: IntegrationRow,
  { tokenUrl }: ClientDefinition,
  fields: ConfigFieldValues[],
): boolean {
  if (!mapping || connection?.isOwn || !isTemplated(tokenUrl)) return false;
  const keys = overrides.size === 0 ? [] : fields.flatMap(({ key, override }) => (override ? [key] : []));
  return hasOwnTokenUrl(tokenUrl, { entityId: mapping.entityId, overrides: keys });
}

function servingConnection(connection: ConnectionRow | null, { source }: Serving) {
  if (!connection) return null;
  const serves =
    source === (connection.isOwn ? "organization" : connection.isDerived ? "derived" : "default");
  return serves ? { ...connection, hasAccessToken: connection.accessToken !== null } : null;
}

/** URLs are shown with the values of the organization whose connection serves; what does not resolve is null. */
function urlResolver(
  { apiHosts, defaultEntityId }: Definition,
  fields: ConfigFieldValues[],
  serving: Serving,
  entityId: string | null,
) {
  const isDefault = serving.source === "default";
  let known: ReturnType<typeof templateValues> | null = null;
  return (url: string | null): string | null => {
    if (url === null || !isTemplated(url)) return url;
    known ??= templateValues(
      isDefault ? defaultEntityId : entityId,
      fields.map(({ key, type, default: byDefault, override }) => ({
        key,
        type,
        value: ((isDefault ? null : override) ?? byDefault)?.value ?? null,
      })),
    );
    const resolved = resolveUrlTemplate(url, known, { allowedHostSuffixes: apiHosts });
    return resolved.ok ? resolved.url : null;
  };
}

async function auditRead(
  ctx: Ctx,
  row: IntegrationRow,
  targetId: string | null,
  data: IntegrationData,
): Promise<void> {
  await recordCredentialRead(ctx.db.pool, ctx.actor, row.now, {
    integrationId: data.integrationId,
    integrationName: data.name,
    organizationId: targetId ?? actorOrganizationId(ctx.actor),
    source: data.oauth?.source ?? null,
  });
}
