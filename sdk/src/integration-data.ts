import { BifrostError } from "./bifrost-error.ts";
import { fetchWithToken } from "./fetch-with-token.ts";
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
    this.oauth = answer.oauth && credentialsOf(answer.oauth);
  }

  /** Where a person mends this integration. */
  get settingsUrl(): string {
    return `${this.#settings.url}/settings/integrations/${this.integrationId}`;
  }

  /**
   * `fetch` with `config.base_url` in front of a path, and the token. An absolute URL must lead to the base URL's origin or
   * to one of `apiHosts`; a redirect that leads elsewhere is followed without the token.
   * @throws BifrostError where there is no token, or the token may not go to that host
   */
  async fetch(pathOrUrl: string | URL, init: RequestInit = {}): Promise<Response> {
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
    const { oauth, name, settingsUrl } = this;
    if (oauth?.accessToken) return oauth.accessToken;
    const { code, message } = oauth?.error ?? {
      code: "not_connected",
      message: "The integration has no OAuth.",
    };
    const isPermission = code === "permission_denied";
    const mend =
      isPermission && message.includes("credentials:read")
        ? `${this.#settings.url}/settings/api-keys`
        : settingsUrl;
    throw new BifrostError(code, `${name} has no usable token. ${message} Mend it at ${mend}`, {
      status: isPermission ? 403 : 409,
    });
  }
}

function credentialsOf(answer: OAuthAnswer): OAuthCredentials {
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
