import { BifrostError } from "./bifrost-error.ts";
import { fetchWithToken, isReplayable } from "./fetch-with-token.ts";
import { writeRepeatable } from "./request.ts";
import type { Settings } from "./settings.ts";

export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };

/** An integration's OAuth client and the connection that serves the scope. */
export interface OAuthCredentials {
  readonly connectionId: string | null;
  /** The integration's name. */
  readonly connectionName: string;
  readonly clientId: string | null;
  readonly clientSecret: string | null;
  readonly authorizationUrl: string | null;
  readonly tokenUrl: string | null;
  readonly scopes: string[];
  /** Null: `status` and `error` say why. */
  readonly accessToken: string | null;
  readonly refreshToken: string | null;
  /** ISO 8601, UTC; null: the service does not say. */
  readonly expiresAt: string | null;
  readonly tokenType: string | null;
  readonly version: number;
  readonly status: "not_connected" | "active" | "degraded" | "reconnect_required";
  /** Whose connection serves: the organization's own, or the integration's default. */
  readonly source: "organization" | "default" | "derived" | null;
  /** Whose token it is, as the service knows the customer. */
  readonly entityId: string | null;
  readonly account: string | null;
  readonly error: { code: string; message: string } | null;
  readonly extra: Record<string, JsonValue>;
  /**
   * Has the server refresh the very connection this came from, updates this object in place and resolves to it. Where a newer
   * token is stored already, that is taken, so that a burst of calls makes one refresh.
   * @throws BifrostError `reconnect_required`, `not_connected`, `connection_changed`, `permission_denied`, `service_unavailable`
   */
  refresh(): Promise<OAuthCredentials>;
}

/** What the server answers, in its own names. */
export interface IntegrationAnswer {
  integration_id: string;
  name: string;
  organization_id: string | null;
  entity_id: string | null;
  entity_name: string | null;
  config: Record<string, JsonValue>;
  config_sources: Record<string, "default" | "organization">;
  api_hosts: string[];
  oauth: OAuthAnswer | null;
}

interface OAuthAnswer {
  connection_id: string | null;
  connection_name: string;
  client_id: string | null;
  client_secret: string | null;
  authorization_url: string | null;
  token_url: string | null;
  scopes: string[];
  access_token: string | null;
  refresh_token: string | null;
  expires_at: string | null;
  token_type: string | null;
  version: number;
  status: OAuthCredentials["status"];
  source: OAuthCredentials["source"];
  entity_id: string | null;
  account: string | null;
  error: OAuthCredentials["error"];
  extra: Record<string, JsonValue>;
}

/** An integration as a scope sees it: merged configuration, and the token that serves. */
export class IntegrationData {
  readonly integrationId: string;
  readonly name: string;
  /** Whom the answer is for; null: the defaults alone. */
  readonly organizationId: string | null;
  /** The customer's id at the service. */
  readonly entityId: string | null;
  readonly entityName: string | null;
  /** Defaults with the organization's overrides. */
  readonly config: Record<string, JsonValue>;
  readonly configSources: Record<string, "default" | "organization">;
  /** Hosts besides the one of `config.base_url` that {@link fetch} sends the token to. */
  readonly apiHosts: string[];
  readonly oauth: OAuthCredentials | null;
  readonly #settings: Settings;

  constructor(settings: Settings, answer: IntegrationAnswer) {
    this.#settings = settings;
    this.integrationId = answer.integration_id;
    this.name = answer.name;
    this.organizationId = answer.organization_id;
    this.entityId = answer.entity_id;
    this.entityName = answer.entity_name;
    this.config = answer.config;
    this.configSources = answer.config_sources;
    this.apiHosts = answer.api_hosts;
    this.oauth = answer.oauth && credentialsOf(settings, answer, answer.oauth);
  }

  /** Where a person mends this integration. */
  get settingsUrl(): string {
    return `${this.#settings.url}/settings/integrations/${this.integrationId}`;
  }

  /** Where a person mends its token: what is an organization's own has its buttons on the page of that mapping. */
  get #tokenUrl(): string {
    const { oauth, organizationId, settingsUrl } = this;
    if (oauth === null || organizationId === null) return settingsUrl;
    const isOwn = oauth.source === "organization" || oauth.source === "derived";
    const isMappings = isOwn || LACKS_OWN.test(oauth.error?.message ?? "");
    return isMappings ? `${settingsUrl}/mappings/${organizationId}` : settingsUrl;
  }

  /**
   * `fetch` with `config.base_url` in front of a path, and the token. An absolute URL must lead to the base URL's origin or
   * to one of `apiHosts`; a redirect that leads elsewhere is followed without the token. After a 401 the token is refreshed and
   * the request sent once more.
   * @throws BifrostError where there is no token, only a person can mend it, or the token may not go to that host
   * @throws TypeError as the platform's `fetch` does, where the service cannot be reached or its redirects cannot be followed
   */
  async fetch(pathOrUrl: string | URL, init: RequestInit = {}): Promise<Response> {
    const { oauth } = this;
    const sent = oauth?.accessToken ?? null;
    const response = await this.#send(pathOrUrl, init);
    const isOurs = oauth !== null && !new Headers(init.headers).has("authorization");
    if (response.status !== 401 || !isOurs || !isReplayable(init)) return response;
    if (!(await this.#hasAnother(oauth, sent))) return response;
    await response.body?.cancel();
    return this.#send(pathOrUrl, init);
  }

  /**
   * Whether there is another token than the refused one now: a call beside this one may have refreshed it while the refusal
   * was on its way. What hinders a refresh for the moment leaves the 401 as it is.
   */
  async #hasAnother(oauth: OAuthCredentials, refused: string | null): Promise<boolean> {
    const differs = () => oauth.accessToken !== null && oauth.accessToken !== refused;
    if (differs()) return true;
    try {
      await oauth.refresh();
      return differs();
    } catch (error) {
      if (!(error instanceof BifrostError)) throw error;
      if (error.code !== "reconnect_required") return false;
      const message = `${this.name} refused its token, and a new one cannot be had. ${error.message} Mend it at ${this.#tokenUrl}`;
      throw new BifrostError(error.code, message, { status: 409, cause: error });
    }
  }

  #send(pathOrUrl: string | URL, init: RequestInit): Promise<Response> {
    const baseUrl = this.config["base_url"];
    return fetchWithToken(
      {
        name: this.name,
        settingsUrl: this.settingsUrl,
        baseUrl: typeof baseUrl === "string" && baseUrl !== "" ? baseUrl : null,
        apiHosts: this.apiHosts,
        token: this.oauth === null ? null : this.requireToken(),
      },
      pathOrUrl,
      init,
    );
  }

  /** The access token. @throws BifrostError saying why there is none, and the page that mends it */
  requireToken(): string {
    const { oauth, name } = this;
    if (oauth?.accessToken) return oauth.accessToken;
    const { code, message } = oauth?.error ?? {
      code: "not_connected",
      message: "The integration has no OAuth.",
    };
    const isPermission = code === "permission_denied";
    const mend =
      isPermission && message.includes("credentials:read")
        ? `${this.#settings.url}/settings/api-keys`
        : this.#tokenUrl;
    throw new BifrostError(code, `${name} has no usable token. ${message} Mend it at ${mend}`, {
      status: isPermission ? 403 : 409,
    });
  }
}

/** How the server's words begin where the organization lacks a connection or a mapping of its own: its code does not tell. */
const LACKS_OWN = /^(This organization|No token has been)/;

/** Longer than the server waits for a refresh under way. */
const REFRESH_TIMEOUT_MS = 75_000;

function credentialsOf(
  settings: Settings,
  integration: IntegrationAnswer,
  answer: OAuthAnswer,
): OAuthCredentials {
  const scope = encodeURIComponent(integration.organization_id ?? "global");
  const path = `/api/v1/integrations/${encodeURIComponent(integration.name)}/oauth/refresh?scope=${scope}`;
  let underWay: Promise<OAuthCredentials> | null = null;
  const refresh = async (): Promise<OAuthCredentials> => {
    const body = { connection_id: credentials.connectionId ?? undefined, if_version: credentials.version };
    // The version makes it repeatable: what an unheard answer gave is found stored, and nothing is sent again.
    const fresh = await writeRepeatable(settings, path, body, REFRESH_TIMEOUT_MS);
    return Object.assign(credentials, fieldsOf(fresh as OAuthAnswer));
  };
  const credentials: OAuthCredentials = Object.defineProperty(
    fieldsOf(answer) as OAuthCredentials,
    "refresh",
    {
      enumerable: false,
      value: () => (underWay ??= refresh().finally(() => (underWay = null))),
    },
  );
  return credentials;
}

function fieldsOf(answer: OAuthAnswer): Omit<OAuthCredentials, "refresh"> {
  return {
    connectionId: answer.connection_id,
    connectionName: answer.connection_name,
    clientId: answer.client_id,
    clientSecret: answer.client_secret,
    authorizationUrl: answer.authorization_url,
    tokenUrl: answer.token_url,
    scopes: answer.scopes,
    accessToken: answer.access_token,
    refreshToken: answer.refresh_token,
    expiresAt: answer.expires_at,
    tokenType: answer.token_type,
    version: answer.version,
    status: answer.status,
    source: answer.source,
    entityId: answer.entity_id,
    account: answer.account,
    error: answer.error,
    extra: answer.extra,
  };
}
