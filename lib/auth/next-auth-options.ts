import type { NextAuthOptions } from "next-auth";
import CredentialsProvider from "next-auth/providers/credentials";
import { decode } from "next-auth/jwt";
import type { Database } from "@/lib/db/client";
import type { Env } from "@/lib/env";
import type { Origin } from "./actor.ts";
import { checkPassword } from "./check-password.ts";
import { installationId } from "./installation.ts";
import { safeNextPath } from "./next-path.ts";
import { MAX_PASSWORD_LENGTH } from "./password-policy.ts";
import { sessionCookies } from "./session-cookie.ts";
import { findSessionActor, SESSION_LIFETIME_SECONDS } from "./sessions.ts";
import { signIn, signOut, type SignInMethod } from "./sign-in.ts";
import { findSingleSignOnUser, OIDC_PROVIDER_ID, oidcProvider, type OidcProfile } from "./single-sign-on.ts";

declare module "next-auth/jwt" {
  interface JWT {
    /** The session's row, which every look-up of an actor checks. */
    sid?: string;
  }
}

/** What a request brings that next-auth's callbacks need. */
export interface AuthEdge {
  db: Database;
  env: Pick<Env, "publicUrl" | "authSecret" | "oidc">;
  origin: Origin;
  now: () => Date;
  /** Told of next-auth's own errors; they hold no secret of ours but may hold the service's words. */
  onError?: (code: string, error: unknown) => void;
}

/** What `error` says in the address that next-auth sends a refused sign-in to. */
export const SIGN_IN_ERRORS = {
  /** Followed by ":" and the seconds to wait. */
  throttled: "Throttled",
  /** Ours, not the user's; {@link AuthEdge.onError} was told. */
  failed: "Failed",
  wrongPassword: "CredentialsSignin",
  notAUser: "AccessDenied",
  linkGone: "LinkGone",
} as const;

/** next-auth for one request: JWT sessions whose `sid` is a row of ours, so that ending the row ends the session. */
export async function nextAuthOptions(edge: AuthEdge): Promise<NextAuthOptions> {
  const { db, env, origin, now } = edge;
  // next-auth reads its own address from the environment only.
  process.env["NEXTAUTH_URL"] = env.publicUrl;
  const cookies = sessionCookies(await installationId(db), env.publicUrl);
  return {
    secret: env.authSecret,
    cookies,
    useSecureCookies: env.publicUrl.startsWith("https://"),
    pages: { signIn: "/sign-in", signOut: "/sign-in", error: "/sign-in" },
    session: { strategy: "jwt", maxAge: SESSION_LIFETIME_SECONDS },
    providers: [credentialsProvider(edge), ...(env.oidc ? [oidcProvider(env.oidc)] : [])],
    jwt: {
      async decode(params) {
        const token = await decode(params);
        return token && (await findSessionActor(db, token.sid, origin, now())) ? token : null;
      },
    },
    callbacks: {
      async signIn({ account, profile }) {
        if (account?.provider !== OIDC_PROVIDER_ID) return true;
        if (profile === undefined) return false;
        return guarded(edge, async () => (await findSingleSignOnUser(db, profile as OidcProfile)) !== null);
      },
      async jwt({ token, user, account, profile }) {
        if (!user || !account) return token;
        const sso = account.provider === OIDC_PROVIDER_ID;
        const userId = sso ? await findSingleSignOnUser(db, profile as OidcProfile) : user.id;
        const method: SignInMethod = sso ? "single_sign_on" : "password";
        const sid = userId === null ? null : await signIn(db, userId, method, origin, now());
        if (userId === null || sid === null) throw new Error(SIGN_IN_ERRORS.notAUser);
        return { sub: userId, sid };
      },
      redirect: ({ url, baseUrl }) =>
        `${baseUrl}${safeNextPath(url.startsWith(baseUrl) ? url.slice(baseUrl.length) : url)}`,
      session: ({ session, token }) => ({ expires: session.expires, user: { name: token.sub ?? null } }),
    },
    events: {
      async signOut({ token }) {
        if (token?.sub && token.sid) await signOut(db, token.sub, token.sid, origin, now());
      },
    },
    logger: {
      // An ended session or a stranger's cookie is no error of ours.
      error: (code, metadata) => (code === "JWT_SESSION_ERROR" ? undefined : edge.onError?.(code, metadata)),
      warn() {},
      debug() {},
    },
  };
}

/** next-auth writes the message of what is thrown here into the address bar: no stranger's message may get there. */
async function guarded<T>(edge: AuthEdge, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    edge.onError?.("SIGN_IN_FAILED", error);
    throw new Error(SIGN_IN_ERRORS.failed, { cause: error });
  }
}

function credentialsProvider(edge: AuthEdge) {
  const { db, origin, now } = edge;
  return CredentialsProvider({
    credentials: { email: {}, password: {} },
    async authorize(credentials) {
      const { email, password } = credentials ?? {};
      if (typeof email !== "string" || typeof password !== "string") return null;
      if (email.length > 320 || password.length > MAX_PASSWORD_LENGTH) return null;
      const check = await guarded(edge, () => checkPassword(db, { email, password }, origin, now()));
      if (check.ok) return { id: check.userId };
      if (check.reason === "throttled")
        throw new Error(`${SIGN_IN_ERRORS.throttled}:${check.retryAfterSeconds}`);
      return null;
    },
  });
}
