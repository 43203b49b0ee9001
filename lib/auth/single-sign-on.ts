import type { Profile } from "next-auth";
import type { OAuthConfig } from "next-auth/providers/oauth";
import type { Database } from "@/lib/db/client";

interface OidcSettings {
  issuer: string;
  clientId: string;
  clientSecret: string;
}

/** What an identity server says of somebody (OpenID Connect Core 5.1). */
export interface OidcProfile {
  sub: string;
  email?: unknown;
  email_verified?: unknown;
}

export const OIDC_PROVIDER_ID = "oidc";

/** next-auth's description of the identity server: authorization code with PKCE, state and nonce. */
export function oidcProvider(settings: OidcSettings): OAuthConfig<OidcProfile> {
  return {
    id: OIDC_PROVIDER_ID,
    name: "Single sign-on",
    type: "oauth",
    wellKnown: `${settings.issuer.replace(/\/$/, "")}/.well-known/openid-configuration`,
    clientId: settings.clientId,
    clientSecret: settings.clientSecret,
    authorization: { params: { scope: "openid email" } },
    checks: ["pkce", "state", "nonce"],
    idToken: true,
    httpOptions: { timeout: 10_000 },
    userinfo: {
      // Some servers put the e-mail address into the ID token, others only into the userinfo answer.
      async request({ client, tokens: given }) {
        // next-auth's types have lost that this is openid-client's token set, with a validated ID token.
        const tokens = given as typeof given & { claims: () => Profile };
        const claims = tokens.claims();
        if (claims.email !== undefined || !client.issuer.metadata["userinfo_endpoint"]) return claims;
        return { ...(await client.userinfo<Profile>(given.access_token ?? "")), ...claims };
      },
    },
    profile: (profile) => ({
      id: profile.sub,
      email: typeof profile.email === "string" ? profile.email : null,
    }),
  };
}

/**
 * The user that an identity server vouches for: one that exists and is active, by an e-mail address that the server
 * says is verified. An address anybody could have typed there must not open somebody's account here.
 */
export async function findSingleSignOnUser(db: Database, profile: OidcProfile): Promise<string | null> {
  if (profile.email_verified !== true || typeof profile.email !== "string") return null;
  const user = await db.prisma.user.findUnique({
    where: { email: profile.email.trim().toLowerCase() },
    select: { id: true, isActive: true, organization: { select: { isActive: true } } },
  });
  return user?.isActive && user.organization.isActive ? user.id : null;
}
