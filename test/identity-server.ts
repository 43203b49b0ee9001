import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import Provider from "oidc-provider";

/** What the identity server says of one of its accounts. */
export interface IdentityClaims {
  sub: string;
  email?: string;
  email_verified?: boolean;
}

export interface IdentityServer {
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** Its accounts, by the name typed at its login page. */
  accounts: Map<string, IdentityClaims>;
  close: () => Promise<void>;
}

/**
 * A certified OpenID Connect server for single sign-on, with login and consent pages; it demands PKCE.
 * @param redirectUri where its one client may be sent back to
 */
export async function startIdentityServer(redirectUri: string): Promise<IdentityServer> {
  const http = createServer();
  await new Promise<void>((ready) => http.listen(0, "127.0.0.1", ready));
  const issuer = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const accounts = new Map<string, IdentityClaims>();
  const [clientId, clientSecret] = ["bifrost", "canary-oidc-client-secret"];
  const provider = new Provider(issuer, {
    clients: [{ client_id: clientId, client_secret: clientSecret, redirect_uris: [redirectUri] }],
    claims: { openid: ["sub"], email: ["email", "email_verified"] },
    findAccount: (_ctx, id) => {
      const claims = accounts.get(id);
      return claims && { accountId: id, claims: () => ({ ...claims }) };
    },
    cookies: { keys: ["test"] },
    pkce: { required: () => true },
    features: { devInteractions: { enabled: true } },
  });
  http.on("request", provider.callback());
  return {
    issuer,
    clientId,
    clientSecret,
    accounts,
    close: () =>
      new Promise<void>((closed) => {
        http.closeAllConnections();
        http.close(() => closed());
      }),
  };
}
