import { generateKeyPairSync, randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Provider, type ClientMetadata, type Configuration, type JWKS } from "oidc-provider";
import { ANY_TENANT, DEMO_USERS, isKnownTenant } from "./directory";
import { handleInteraction, sendPage } from "./interactions";
import { createMemoryStore } from "./memory-adapter";
import { errorPage } from "./pages";
import { mountBelowTenant, ROUTES, tenantOf } from "./tenant-urls";

export interface OAuthServiceOptions {
  /** A free one unless said. */
  port?: number;
  /** Remembers clients, grants and tokens across restarts, in this file. */
  stateFile?: string;
  accessTokenSeconds?: number;
  refreshTokenSeconds?: number;
  /** Each refresh gives a new refresh token, and a used one kills the grant; Microsoft's are reusable. */
  rotateRefreshTokens?: boolean;
}

export interface OAuthServiceClient {
  clientId: string;
  clientSecret?: string;
  clientName?: string;
  redirectUris?: string[];
  authMethod?: "client_secret_post" | "client_secret_basic" | "private_key_jwt" | "none";
  /** The public keys of `private_key_jwt`. */
  jwks?: JWKS;
  grantTypes?: ("authorization_code" | "refresh_token" | "client_credentials")[];
}

export interface OAuthServiceRequest {
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
  settings: Required<Omit<OAuthServiceOptions, "port" | "stateFile">>;
  close: () => Promise<void>;
}

/** What applications may ask for; the last are for applications without a user. */
const SCOPES = [
  "openid",
  "profile",
  "email",
  "offline_access",
  ...["Directory.Read.All", "Directory.ReadWrite.All", "User.Read", "User.Read.All", "Mail.Read"].flatMap(
    (scope) => [scope, `https://graph.microsoft.com/${scope}`],
  ),
  ".default",
  "https://graph.microsoft.com/.default",
];

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
    redirect_uris: client.redirectUris ?? [],
    response_types: hasUsers ? ["code"] : [],
    grant_types: method === "none" ? grantTypes.filter((type) => type !== "client_credentials") : grantTypes,
    token_endpoint_auth_method: method,
    ...(client.jwks ? { jwks: client.jwks } : {}),
  };
}

function configurationOf(
  settings: OAuthService["settings"],
  store: ReturnType<typeof createMemoryStore>,
): Configuration {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const always = () => true;
  return {
    adapter: store,
    jwks: {
      keys: [{ ...privateKey.export({ format: "jwk" }), kid: "demo", use: "sig", alg: "RS256" }],
    } as JWKS,
    cookies: {
      keys: [randomBytes(32).toString("base64url")],
      // Cookies know no ports: these must not meet the product's own.
      names: { session: "demo_session", interaction: "demo_interaction", resume: "demo_resume" },
      long: { signed: true, sameSite: "lax" },
      short: { signed: true, sameSite: "lax" },
    },
    routes: ROUTES,
    scopes: SCOPES,
    claims: { openid: ["sub", "tid"], email: ["email"], profile: ["name", "preferred_username"] },
    // As Microsoft does, the id_token itself says who it is.
    conformIdTokenClaims: false,
    clientAuthMethods: ["client_secret_post", "client_secret_basic", "private_key_jwt", "none"],
    enabledJWA: { clientAuthSigningAlgValues: ["RS256", "PS256", "ES256", "Ed25519"] },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      introspection: { enabled: true, allowedPolicy: always },
      revocation: { enabled: true, allowedPolicy: always },
      rpInitiatedLogout: { enabled: false },
      resourceIndicators: { enabled: false },
    },
    pkce: { required: () => false },
    clientBasedCORS: () => false,
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_ctx, id) => {
      const user = DEMO_USERS.find((each) => each.id === id);
      if (!user) return undefined;
      const { email, displayName: name, tenant: tid } = user;
      return { accountId: id, claims: () => ({ sub: id, email, name, preferred_username: email, tid }) };
    },
    extraTokenClaims: (ctx, token) => {
      const accountId = "accountId" in token ? token.accountId : undefined;
      const user = DEMO_USERS.find((each) => each.id === accountId);
      const asked = tenantOf(
        (ctx.req as IncomingMessage & { originalUrl?: string }).originalUrl?.split("?")[0] ?? "",
      );
      return { tid: asked !== null && !ANY_TENANT.has(asked) ? asked : user?.tenant };
    },
    expiresWithSession: () => false,
    rotateRefreshToken: () => settings.rotateRefreshTokens,
    ttl: {
      AccessToken: () => settings.accessTokenSeconds,
      ClientCredentials: () => settings.accessTokenSeconds,
      RefreshToken: () => settings.refreshTokenSeconds,
      IdToken: 3_600,
      Grant: 90 * 86_400,
      Interaction: 3_600,
      Session: 3_600,
    },
    renderError: (ctx, out) => {
      ctx.type = "html";
      ctx.body = errorPage({
        code: out.error,
        description: out.error_description ?? "Start again where you came from.",
      });
    },
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
