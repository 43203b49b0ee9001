import { generateKeyPairSync, randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Adapter, Configuration, JWKS } from "oidc-provider";
import { ANY_TENANT, DEMO_USERS } from "./directory";
import { errorPage } from "./pages";
import { ROUTES, tenantOf } from "./tenant-urls";

export interface OAuthServiceSettings {
  accessTokenSeconds: number;
  refreshTokenSeconds: number;
  /** Each refresh gives a new refresh token, and a used one kills the grant; Microsoft's are reusable. */
  rotateRefreshTokens: boolean;
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

/** How oidc-provider is set up to look like Microsoft to an OAuth client. */
export function configurationOf(
  settings: OAuthServiceSettings,
  store: (model: string) => Adapter,
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
