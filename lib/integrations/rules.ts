/** Pure decisions about what a read of an integration gives: no clock, no randomness, no IO. */

export const INTEGRATION_NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;

/** How many integrations a page of the list has. */
export const INTEGRATION_PAGE_SIZE = 25;

export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };

export type ConfigFieldType = "string" | "int" | "bool" | "json" | "secret";
export type ConfigSource = "default" | "organization";
export type ConnectionSource = "organization" | "default" | "derived";
export type ConnectionStatus = "not_connected" | "active" | "degraded" | "reconnect_required";

/** A stored value: `sealed` for a secret, `value` (which may be JSON's null) for everything else. */
export interface StoredValue {
  id: string;
  value: JsonValue;
  sealed: string | null;
}

export interface ConfigFieldValues {
  key: string;
  type: ConfigFieldType;
  default: StoredValue | null;
  override: StoredValue | null;
}

export interface ChosenValue {
  key: string;
  type: ConfigFieldType;
  source: ConfigSource;
  stored: StoredValue;
}

/** Each field's override where there is one, else its default; whole values, no deep merge. Unset fields are left out. */
export function mergeConfig(fields: readonly ConfigFieldValues[]): ChosenValue[] {
  const chosen: ChosenValue[] = [];
  for (const { key, type, default: byDefault, override } of fields) {
    if (override) chosen.push({ key, type, source: "organization", stored: override });
    else if (byDefault) chosen.push({ key, type, source: "default", stored: byDefault });
  }
  return chosen;
}

export interface Serving {
  /** Which stored connection to look at, and whose values its URLs are resolved with; null: none. */
  source: ConnectionSource | null;
  /** Why no connection serves, in words for the developer who reads the answer. */
  reason: string | null;
  /** How a token comes without a person connecting: from the default consent, or for the client itself. Null: it does not. */
  comesBy: "derived" | "client_credentials" | null;
}

export interface ServingInput {
  /** Null: the defaults alone were asked for. */
  targetId: string | null;
  /** Whose integration it is; null: global. */
  ownerId: string | null;
  policy: "default" | "derived" | "none";
  isMapped: boolean;
  /** The mapping itself says what stands in the token URL: {@link hasOwnTokenUrl}. */
  hasOwnTokenUrl: boolean;
  /** The mapping's own has tokens, whatever their state: a broken one never falls back. */
  hasOwnConnection: boolean;
  flowType: "authorization_code" | "client_credentials";
  tokenUrl: string;
}

/** Decides which connection speaks for the target. Falling back is the integration's policy, never a consequence of an error. */
export function chooseConnection(input: ServingInput): Serving {
  const serves = (source: ConnectionSource): Serving => ({ source, reason: null, comesBy: null });
  const none = (reason: string): Serving => ({ source: null, reason, comesBy: null });
  if (input.targetId === null || input.ownerId === input.targetId) {
    return serves(input.hasOwnConnection ? "organization" : "default");
  }
  if (input.hasOwnConnection) return serves("organization");
  if (input.isMapped && input.flowType === "client_credentials" && isTemplated(input.tokenUrl)) {
    if (!input.hasOwnTokenUrl) return none(NO_OWN_TOKEN_URL);
    const reason = "No token has been fetched at this organization's own Token URL yet.";
    return { source: null, reason, comesBy: "client_credentials" };
  }
  if (input.policy === "none") {
    return none("This organization has no connection of its own, and the integration lends it no other.");
  }
  if (input.policy === "derived") {
    if (!input.isMapped) return none(NOT_MAPPED);
    if (!input.hasOwnTokenUrl) return none(NO_OWN_TOKEN_URL);
    const reason = "No token has been derived for this organization from the default consent yet.";
    return { source: "derived", reason, comesBy: "derived" };
  }
  return serves("default");
}

// The package `bifrost` tells by how these begin ("This organization", "No token has been") where a person mends it.
const NOT_MAPPED =
  "This organization is not mapped, so it has no Token URL of its own. Add its mapping with its entity ID.";
const NO_OWN_TOKEN_URL =
  "This organization's mapping does not say what stands in the Token URL, so the default's token would be another's. Enter its entity ID.";

const NOTHING_TO_DERIVE_FROM =
  "The default connection, whose consent this organization uses, is not connected or needs a person. Connect it anew.";

/** A grant that can still be presented. */
export function isUsable(connection: { status: ConnectionStatus } | null): boolean {
  return connection?.status === "active" || connection?.status === "degraded";
}

/** The choice with its reason, where no token was derived yet and the default connection can make none. */
export function explainServing(
  serving: Serving,
  /** What serves by that choice, if it is there. */
  connection: object | null,
  byDefault: { status: ConnectionStatus } | null,
): Serving {
  const isStuck = serving.comesBy === "derived" && connection === null && !isUsable(byDefault);
  return isStuck ? { ...serving, reason: NOTHING_TO_DERIVE_FROM } : serving;
}

/**
 * Whether a mapping itself says where its token comes from. With the defaults' values the token would be the default
 * entity's, and scripts would silently act there.
 */
export function hasOwnTokenUrl(
  tokenUrl: string,
  mapping: { entityId: string | null; overrides: readonly string[] } | null,
): boolean {
  if (!mapping) return false;
  const names = [...tokenUrl.matchAll(/\{([^{}]*)\}/g)].map((match) => match[1] ?? "");
  if (names.includes("entity_id")) return mapping.entityId !== null;
  return names.some((name) => mapping.overrides.includes(name));
}

/** What hinders the policy `derived`, by the setting at fault; null where nothing does. */
export function derivedHindrance(
  client: {
    flowType: "authorization_code" | "client_credentials";
    tokenUrl: string;
    refreshTokensReusable: boolean;
  } | null,
): { field: "flowType" | "tokenUrl" | "refreshTokensReusable"; message: string } | null {
  if (!client)
    return {
      field: "flowType",
      message: "Without OAuth there is no consent to use. Choose another policy first.",
    };
  const { flowType, tokenUrl, refreshTokensReusable } = client;
  if (flowType !== "authorization_code") {
    const message =
      "With Client Credentials there is no consent to use: each mapped organization gets its own token by itself when the Token URL has a placeholder.";
    return { field: "flowType", message };
  }
  const [authority = "", path = ""] = splitUrl(tokenUrl);
  if (isTemplated(authority) || !isTemplated(path)) {
    const message =
      "Organizations can use the default consent at their own Token URL only where it has a placeholder in its path or query, such as {entity_id}, and none in its host.";
    return { field: "tokenUrl", message };
  }
  if (refreshTokensReusable) return null;
  const message =
    "Organizations can use the default consent only at a service whose refresh tokens can be used again. If that is so here, say so under Advanced: “Refresh tokens can be used again”.";
  return { field: "refreshTokensReusable", message };
}

function splitUrl(url: string): [authority: string, rest: string] {
  const match = /^([^:/?#]*:\/\/[^/?#]*)(.*)$/s.exec(url);
  return match ? [match[1] ?? "", match[2] ?? ""] : ["", url];
}

/** Whether a URL has a placeholder, so that it means something else for each organization. */
export function isTemplated(url: string): boolean {
  return url.includes("{");
}

/** Who reads, as far as a secret's fate depends on it. */
export interface Reader {
  /** Null: the platform itself. */
  organizationId: string | null;
  isProvider: boolean;
  isApiKey: boolean;
  mayReadCredentials: boolean;
}

export interface StoredConnection {
  status: ConnectionStatus;
  errorCode: string | null;
  errorMessage: string | null;
  hasAccessToken: boolean;
  /** Null: the service did not say; such a token is served. */
  expiresAt: Date | null;
}

export interface OAuthError {
  code: string;
  message: string;
}

/** Which secrets the answer holds, its status, and why there is no token or what ails the connection. */
export interface OAuthView {
  clientSecret: boolean;
  accessToken: boolean;
  refreshToken: boolean;
  extra: boolean;
  status: ConnectionStatus;
  error: OAuthError | null;
  /** The reader may have an access token of this connection, whether there is one or not. */
  mayHaveToken: boolean;
  /** The serving connection is the reader's, who then may know the service's own words about it. */
  ownsConnection: boolean;
}

export interface OAuthViewInput {
  reader: Reader;
  ownerId: string | null;
  /** API keys of managed organizations may have the default connection's access token. */
  lendsDefaultToKeys: boolean;
  serving: Serving;
  connection: StoredConnection | null;
  /** What ails the connection, as those are told who do not own it: the service's words may name the provider's people. */
  ourWords: string | null;
  now: Date;
}

/** Decides what of an OAuth client and its connection the reader is given. */
export function oauthView(input: OAuthViewInput): OAuthView {
  const { reader, ownerId, lendsDefaultToKeys, serving, ourWords, now } = input;
  const ownsIntegration = reader.isProvider || (ownerId !== null && ownerId === reader.organizationId);
  const isOwn = serving.source === "organization" || serving.comesBy === "client_credentials";
  const ownsConnection = ownsIntegration || isOwn;
  const connection =
    input.connection && !ownsConnection ? { ...input.connection, errorMessage: ourWords } : input.connection;
  const status = connection?.status ?? "not_connected";
  const nothing = { clientSecret: false, accessToken: false, refreshToken: false, extra: false };
  if (!reader.mayReadCredentials) {
    const error = missingToken(serving, connection, now) ?? PERMISSION_MISSING;
    return { ...nothing, status, error, mayHaveToken: false, ownsConnection };
  }
  const missing = missingToken(serving, connection, now);
  const withheld = reader.isApiKey && !ownsConnection && !lendsDefaultToKeys;
  return {
    clientSecret: ownsIntegration,
    refreshToken: ownsConnection && connection !== null,
    accessToken: missing === null && !withheld,
    extra: connection !== null && !withheld,
    status,
    mayHaveToken: !withheld,
    ownsConnection,
    error: missing ?? (withheld ? DEFAULT_NOT_LENT : ailment(connection)),
  };
}

const PERMISSION_MISSING: OAuthError = {
  code: "permission_denied",
  message: "This API key may not read credentials. Use a key with the permission credentials:read.",
};

const DEFAULT_NOT_LENT: OAuthError = {
  code: "permission_denied",
  message:
    "This organization has no connection of its own, and the integration does not lend the default connection's token to API keys. Connect this organization, or use a key of the provider organization.",
};

/** Why `get` answers without a token, by the database's clock; null where it gives one to whoever may have it. */
export function missingToken(
  serving: Serving,
  connection: StoredConnection | null,
  now: Date,
): OAuthError | null {
  if (!connection || connection.status === "not_connected" || !connection.hasAccessToken) {
    const own = connection && ailment(connection);
    return (
      own ?? {
        code: "not_connected",
        message: serving.reason ?? "Nobody has connected this integration yet.",
      }
    );
  }
  if (connection.expiresAt !== null && connection.expiresAt.getTime() <= now.getTime()) {
    const cause =
      connection.errorMessage === null ? "" : ` The last refresh failed: ${connection.errorMessage}`;
    return {
      code: "expired",
      message: `The access token expired at ${connection.expiresAt.toISOString()}.${cause}`,
    };
  }
  return null;
}

/** What the connection itself complains of, beside a token that may still be good. */
function ailment(connection: StoredConnection | null): OAuthError | null {
  if (!connection || (connection.status !== "degraded" && connection.status !== "reconnect_required"))
    return null;
  return {
    code: connection.errorCode ?? connection.status,
    message: connection.errorMessage ?? "The connection needs attention; see its page in Bifrost.",
  };
}

export type ScopeDecision =
  { ok: true; targetId: string | null } | { ok: false; reason: "forbidden" | "malformed" | "missing" };

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * Whom a call speaks for: `targetId` null means the defaults alone. A managed reader that names anything but its own
 * organization is refused before anybody looks whether that exists.
 */
export function decideScope(reader: Reader, scope: string | undefined): ScopeDecision {
  if (scope === undefined) {
    return reader.organizationId === null
      ? { ok: false, reason: "missing" }
      : { ok: true, targetId: reader.organizationId };
  }
  const wanted = scope.toLowerCase();
  if (!reader.isProvider) {
    return wanted === reader.organizationId
      ? { ok: true, targetId: reader.organizationId }
      : { ok: false, reason: "forbidden" };
  }
  if (scope === "global") return { ok: true, targetId: null };
  return UUID.test(scope) ? { ok: true, targetId: wanted } : { ok: false, reason: "malformed" };
}

/** What a connection becomes whose URLs now lead to origins that its tokens and the secret were not given for. */
export function originChanged(origins: readonly string[], now: Date) {
  return {
    status: "reconnect_required",
    errorCode: "origin_changed",
    errorMessage: `The integration's URLs now lead to ${origins.join(", ")}. Connect again, so that a token is made there.`,
    errorSince: now,
    dueAt: null,
  } as const;
}

/** What a save says after it has led the URLs to other origins; `cleared`: the secrets that were stored and are forgotten. */
export function originsMoved(
  origins: readonly string[],
  cleared: { clientSecret: boolean; privateKey: boolean },
): string {
  const where = `The URLs now lead to ${origins.join(", ")}.`;
  const names = [cleared.clientSecret && "client secret", cleared.privateKey && "private key"].filter(
    Boolean,
  );
  if (names.length === 0) return `${where} Reconnect so that a token is made there.`;
  return names.length === 1
    ? `${where} The ${names[0]} was cleared so that it is not used there; enter it again, then reconnect.`
    : `${where} The ${names.join(" and the ")} were cleared so that they are not used there; enter them again, then reconnect.`;
}

/** What a save says after it has led connections to another customer's token, or from one. */
export function tokenUrlMoved(count: number): string {
  const whose = count === 1 ? "one connection" : `${count} connections`;
  return `What is saved now asks for another token for ${whose}. Reconnect so that it is made.`;
}

/** Where the service sends the browser back to; shown before saving and sent as `redirect_uri`. */
export function redirectUriFor(publicUrl: string, slug: string): string {
  return `${publicUrl}/oauth/callback/${encodeURIComponent(slug)}`;
}
