import type { CookiesOptions } from "next-auth";
import { getToken } from "next-auth/jwt";

/**
 * next-auth's cookies under names that carry the installation's id: browsers share cookies between the ports of a
 * host, and two installations on one machine must not sign each other out. `__Host-` on https pins them to the host.
 */
export function sessionCookies(installationId: string, publicUrl: string): CookiesOptions {
  const secure = publicUrl.startsWith("https://");
  // The end of a UUIDv7 is its random part.
  const prefix = `${secure ? "__Host-" : ""}bifrost-${installationId.slice(-12)}`;
  const cookie = (name: string, maxAge?: number) => ({
    name: `${prefix}.${name}`,
    options: { httpOnly: true, sameSite: "lax" as const, path: "/", secure, ...(maxAge ? { maxAge } : {}) },
  });
  const consentSeconds = 15 * 60;
  return {
    sessionToken: cookie("session"),
    callbackUrl: cookie("next"),
    csrfToken: cookie("csrf"),
    pkceCodeVerifier: cookie("pkce", consentSeconds),
    state: cookie("state", consentSeconds),
    nonce: cookie("nonce", consentSeconds),
  };
}

const SESSION_COOKIE = /^(__Host-)?bifrost-[0-9a-f]{12}\.session$/;

/** Who a JWT of ours says is asking. It still has to be looked up: the session may be over. */
export interface SessionClaims {
  sid: string;
  userId: string;
}

/** The claims in the session cookie of one installation, where it is ours and in date. */
export async function readSessionCookie(
  cookies: Record<string, string>,
  cookieName: string,
  secret: string,
): Promise<SessionClaims | null> {
  const token = await getToken({
    // Cookies alone: getToken would also take an Authorization header, which is for API keys here.
    req: { cookies, headers: {} } as unknown as Parameters<typeof getToken>[0]["req"],
    cookieName,
    secret,
  });
  return typeof token?.sid === "string" && typeof token.sub === "string"
    ? { sid: token.sid, userId: token.sub }
    : null;
}

/**
 * Whether a request seems signed in, told without the database: any installation's cookie that this secret opens.
 * Good for sending visitors to the sign-in page early, and for nothing else.
 */
export async function seemsSignedIn(cookies: Record<string, string>, secret: string): Promise<boolean> {
  for (const name of Object.keys(cookies).filter((name) => SESSION_COOKIE.test(name))) {
    if (await readSessionCookie(cookies, name, secret)) return true;
  }
  return false;
}
