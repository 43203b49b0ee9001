import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Provider, type ClientMetadata, type JWKS } from "oidc-provider";
import { isKnownTenant } from "./directory";
import { handleInteraction, sendPage } from "./interactions";
import { createMemoryStore } from "./memory-adapter";
import { errorPage } from "./pages";
import { configurationOf, type OAuthServiceSettings } from "./provider-configuration";
import { mountBelowTenant, ROUTES, tenantOf } from "./tenant-urls";

export interface OAuthServiceOptions extends Partial<OAuthServiceSettings> {
  /** A free one unless said. */
  port?: number;
  /** Remembers clients, grants and tokens across restarts, in this file. */
  stateFile?: string;
}

export interface OAuthServiceClient {
  clientId: string;
  clientSecret?: string;
  clientName?: string;
  redirectUris?: string[];
  /** Every redirect URI that begins so is taken as well: the demo's integrations need no visit here. */
  redirectPrefix?: string;
  authMethod?: "client_secret_post" | "client_secret_basic" | "private_key_jwt" | "none";
  /** The public keys of `private_key_jwt`. */
  jwks?: JWKS;
  grantTypes?: ("authorization_code" | "refresh_token" | "client_credentials")[];
}

interface OAuthServiceRequest {
  at: Date;
  method: string;
  path: string;
  status: number;
}

export interface OAuthService {
  origin: string;
  /** An endpoint below a tenant; `common` unless said. */
  url: (endpoint: keyof typeof ROUTES, tenant?: string) => string;
  /** Registers an application, or replaces the one with this client ID. */
  addClient: (client: OAuthServiceClient) => Promise<void>;
  /** Every request answered, in order; queries and bodies are not kept. */
  log: OAuthServiceRequest[];
  /** May be changed while the service runs. */
  settings: OAuthServiceSettings;
  close: () => Promise<void>;
}

/** A real OAuth server with Microsoft-shaped URLs on loopback, for the demo and for tests. */
export async function startOAuthService(options: OAuthServiceOptions = {}): Promise<OAuthService> {
  const settings = {
    accessTokenSeconds: options.accessTokenSeconds ?? 3_600,
    refreshTokenSeconds: options.refreshTokenSeconds ?? 90 * 86_400,
    rotateRefreshTokens: options.rotateRefreshTokens ?? false,
  };
  const log: OAuthServiceRequest[] = [];
  const store = createMemoryStore(options.stateFile);
  let handle = (_request: IncomingMessage, response: ServerResponse): void => void response.destroy();
  const server = createServer((request, response) => {
    const [path = "/"] = (request.url ?? "/").split("?");
    response.on("finish", () => {
      log.push({ at: new Date(), method: request.method ?? "", path, status: response.statusCode });
    });
    handle(request, response);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(options.port ?? 0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  const origin = `http://127.0.0.1:${port}`;
  const provider = new Provider(origin, configurationOf(settings, store));
  const prefixes = new Map<string, string>();
  const isRegistered = provider.Client.prototype.redirectUriAllowed;
  provider.Client.prototype.redirectUriAllowed = function (redirectUri) {
    const prefix = prefixes.get(this.clientId);
    return isRegistered.call(this, redirectUri) || (prefix !== undefined && redirectUri.startsWith(prefix));
  };
  const answer = provider.callback();
  handle = (request, response) => {
    const path = new URL(request.url ?? "/", origin).pathname;
    const tenant = tenantOf(path);
    if (path.startsWith("/interaction/")) {
      handleInteraction(provider, request, response).catch(() => response.destroy());
    } else if (tenant !== null && !isKnownTenant(tenant)) {
      refuseTenant(tenant, path, response);
    } else {
      mountBelowTenant(request);
      void answer(request, response);
    }
  };

  return {
    origin,
    url: (endpoint, tenant = "common") => `${origin}/${tenant}${ROUTES[endpoint]}`,
    addClient: async (client) => {
      if (client.redirectPrefix !== undefined) prefixes.set(client.clientId, client.redirectPrefix);
      await store("Client").upsert(client.clientId, metadataOf(client));
    },
    log,
    settings,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function metadataOf(client: OAuthServiceClient): ClientMetadata {
  const grantTypes = client.grantTypes ?? ["authorization_code", "refresh_token", "client_credentials"];
  const hasUsers = grantTypes.includes("authorization_code");
  const method = client.authMethod ?? "client_secret_post";
  return {
    client_id: client.clientId,
    ...(client.clientSecret === undefined ? {} : { client_secret: client.clientSecret }),
    client_name: client.clientName ?? client.clientId,
    redirect_uris:
      client.redirectUris ?? (client.redirectPrefix === undefined ? [] : [client.redirectPrefix]),
    response_types: hasUsers ? ["code"] : [],
    grant_types: method === "none" ? grantTypes.filter((type) => type !== "client_credentials") : grantTypes,
    token_endpoint_auth_method: method,
    ...(client.jwks ? { jwks: client.jwks } : {}),
  };
}

function refuseTenant(tenant: string, path: string, response: ServerResponse): void {
  const description = `AADSTS90002: Tenant '${tenant.slice(0, 100)}' not found.`;
  if (path.endsWith(ROUTES.authorization)) {
    return sendPage(response, 400, errorPage({ code: "invalid_tenant", description }));
  }
  response.writeHead(400, { "content-type": "application/json" });
  response.end(JSON.stringify({ error: "invalid_request", error_description: description }));
}
