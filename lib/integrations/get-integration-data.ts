import { type Actor, actorOrganizationId, isProviderContext } from "@/lib/auth/actor";
import type { Ctx } from "@/lib/auth/context";
import { recordCredentialRead } from "@/lib/audit/record-credential-read";
import { templateValues } from "@/lib/connections/rules";
import type { Keyring } from "@/lib/crypto/keyring";
import { unseal } from "@/lib/crypto/seal";
import { AppError, fieldError } from "@/lib/errors";
import { resolveUrlTemplate } from "@/lib/oauth/templates";
import { type IntegrationRow, type OAuthIntegrationRow, readIntegration } from "./read-integration-row";
import { INTEGRATION_NAME } from "./schema";
import {
  type ChosenValue,
  type ConfigSource,
  type ConnectionSource,
  type ConnectionStatus,
  chooseConnection,
  decideScope,
  isTemplated,
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
  const row = await readIntegration(ctx.db.pool, { name, targetId, apiKeyId });
  if (!row.key_lives)
    throw new AppError("unauthenticated", "This API key is no longer valid. Create another one.");
  if (!row.target_allowed) throw new AppError("scope_forbidden", KEY_LIMITED_TO_ORGANIZATIONS);
  if (targetId !== null && row.target_id === null) {
    throw new AppError(
      "organization_not_found",
      `There is no active organization ${targetId}. List them with GET /api/v1/organizations.`,
    );
  }
  if (row.id === null) return null;
  if (!row.integration_allowed) throw new AppError("permission_denied", KEY_LIMITED_TO_INTEGRATIONS);
  const read = assemble(ctx.keyring, reader, targetId, row);
  if (reader.mayReadCredentials && read.hasSecrets) await auditRead(ctx, row, targetId, read.data);
  return read.data;
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

function assemble(keyring: Keyring, reader: Reader, targetId: string | null, row: IntegrationRow): Read {
  const values = mergeConfig(row.fields ?? []);
  const entityId = row.mapping_entity_id ?? row.default_entity_id;
  const { config, configSources } = openConfig(keyring, reader, values);
  return {
    data: {
      integrationId: row.id,
      name: row.name,
      organizationId: targetId,
      entityId,
      entityName: row.mapping_entity_name,
      config,
      configSources,
      apiHosts: row.api_hosts,
      oauth: row.client_id === null ? null : assembleOAuth(keyring, reader, targetId, row, entityId),
    },
    hasSecrets: row.client_id !== null || values.some((value) => value.type === "secret"),
  };
}

function openConfig(keyring: Keyring, reader: Reader, values: ChosenValue[]) {
  const config: Record<string, JsonValue> = {};
  const configSources: Record<string, ConfigSource> = {};
  for (const { key, source, stored } of values) {
    configSources[key] = source;
    if (stored.sealed === null) config[key] = stored.value;
    else if (!reader.mayReadCredentials) config[key] = null;
    else
      config[key] = unseal(keyring, { table: "ConfigValue", id: stored.id, field: "value" }, stored.sealed);
  }
  return { config, configSources };
}

function assembleOAuth(
  keyring: Keyring,
  reader: Reader,
  targetId: string | null,
  row: OAuthIntegrationRow,
  entityId: string | null,
): OAuthCredentials {
  const serving = chooseConnection({
    targetId,
    ownerId: row.owner_id,
    policy: row.policy,
    isMapped: row.mapping_id !== null,
    hasOwnConnection: row.own !== null && row.own.status !== "not_connected",
    flowType: row.flow_type,
    tokenUrl: row.token_url,
  });
  const connection = servingConnection(row, serving);
  const view = oauthView({
    reader,
    ownerId: row.owner_id,
    lendsDefaultToKeys: row.lends_default_to_keys,
    serving,
    connection,
    now: row.now,
  });
  const resolve = urlResolver(row, serving, entityId);
  const open = (field: "accessToken" | "refreshToken" | "extra", sealed: string | null | undefined) =>
    connection && sealed ? unseal(keyring, { table: "Connection", id: connection.id, field }, sealed) : null;
  const extra = view.extra ? open("extra", connection?.extra) : null;
  return {
    connectionId: connection?.id ?? null,
    connectionName: row.name,
    clientId: row.client_id,
    clientSecret:
      view.clientSecret && row.client_secret !== null
        ? unseal(
            keyring,
            { table: "OAuthClient", id: row.client_row_id, field: "clientSecret" },
            row.client_secret,
          )
        : null,
    authorizationUrl: resolve(row.authorization_url),
    tokenUrl: resolve(row.token_url),
    scopes: connection && connection.grantedScopes.length > 0 ? connection.grantedScopes : row.scopes,
    accessToken: view.accessToken ? open("accessToken", connection?.accessToken) : null,
    refreshToken: view.refreshToken ? open("refreshToken", connection?.refreshToken) : null,
    expiresAt: connection?.expiresAt ?? null,
    tokenType: connection?.tokenType ?? null,
    version: connection?.tokenVersion ?? 0,
    status: view.status,
    source: connection ? serving.source : null,
    entityId: connection?.entityId ?? null,
    account: connection?.accountLabel ?? connection?.accountSubject ?? null,
    error: view.error,
    extra: extra === null ? {} : (JSON.parse(extra) as Record<string, JsonValue>),
  };
}

function servingConnection(row: IntegrationRow, serving: Serving) {
  const raw =
    serving.source === "organization" ? row.own : serving.source === "default" ? row.byDefault : null;
  return raw && { ...raw, hasAccessToken: raw.accessToken !== null };
}

/** URLs are shown with the values of the organization whose connection serves; what does not resolve is null. */
function urlResolver(row: IntegrationRow, serving: Serving, entityId: string | null) {
  const isDefault = serving.source === "default";
  return (url: string | null): string | null => {
    if (url === null || !isTemplated(url)) return url;
    const fields = (row.fields ?? []).map(({ key, type, default: byDefault, override }) => ({
      key,
      type,
      value: ((isDefault ? null : override) ?? byDefault)?.value ?? null,
    }));
    return resolveOnce(url, templateValues(isDefault ? row.default_entity_id : entityId, fields));
  };
}

const MOST_RESOLVED = 2_000;
/** What a template and its values gave before: the same is asked for at every read. */
const resolvedUrls = new Map<string, string | null>();

function resolveOnce(url: string, values: Record<string, string | null>): string | null {
  const memory = JSON.stringify([url, values]);
  const known = resolvedUrls.get(memory);
  if (known !== undefined) return known;
  const resolved = resolveUrlTemplate(url, values);
  if (resolvedUrls.size >= MOST_RESOLVED) resolvedUrls.clear();
  resolvedUrls.set(memory, resolved.ok ? resolved.url : null);
  return resolved.ok ? resolved.url : null;
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
