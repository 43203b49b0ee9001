import type { OAuthClientSettings } from "@/lib/oauth/types";

/** OAuth settings of the plainest kind, for a service at this origin. */
export function settingsFor(origin: string, changes: Partial<OAuthClientSettings> = {}): OAuthClientSettings {
  return {
    flowType: "authorization_code",
    clientId: "client-1",
    clientSecret: "client-secret-canary",
    privateKey: null,
    authorizationUrl: `${origin}/authorize`,
    tokenUrl: `${origin}/token`,
    revocationUrl: `${origin}/revoke`,
    identityUrl: null,
    issuer: null,
    scopes: ["offline_access", "Directory.Read.All"],
    audience: null,
    tokenEndpointAuthMethod: "client_secret_post",
    tokenRequestFormat: "form",
    pkce: true,
    authorizationParams: {},
    tokenParams: {},
    ...changes,
  };
}
