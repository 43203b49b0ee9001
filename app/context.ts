import { cookies, headers } from "next/headers";
import { redirect } from "next/navigation";
import { cache } from "react";
import type { UserActor } from "@/lib/auth/actor";
import { requestOrigin } from "@/lib/auth/client-address";
import type { Services } from "@/lib/auth/context";
import { installationId } from "@/lib/auth/installation";
import { safeNextPath } from "@/lib/auth/next-path";
import { readSessionCookie, sessionCookies } from "@/lib/auth/session-cookie";
import { findSessionActor } from "@/lib/auth/sessions";
import { parseKeyring } from "@/lib/crypto/keyring";
import { getDatabase } from "@/lib/db/client";
import { createGuardedFetch } from "@/lib/egress/guarded-fetch";
import { readEnv } from "@/lib/env";

/** A {@link Ctx} whose actor is a signed-in user. */
export type WebContext = Services & { actor: UserActor };

/** Made at the first request. */
let services: Services | undefined;

/** The context of a request by nobody: for signing in, setting up, and the pages around them. */
export function webServices(): Services {
  services ??= makeServices();
  return services;
}

function makeServices(): Services {
  const env = readEnv();
  const egress = { allowLoopback: env.loopbackDevelopment, allow: env.egressAllow };
  return {
    db: getDatabase(),
    now: () => new Date(),
    fetch: createGuardedFetch(egress),
    keyring: parseKeyring(env.encryptionKeys),
    egress,
    publicUrl: env.publicUrl,
  };
}

/** The request's cookies, by name. */
export async function requestCookies(): Promise<Record<string, string>> {
  return Object.fromEntries((await cookies()).getAll().map(({ name, value }) => [name, value]));
}

/** The context of whoever is signed in, or null. Looks the session up once per request. */
export const optionalWebContext = cache(async (): Promise<WebContext | null> => {
  const { authSecret, publicUrl } = readEnv();
  const common = webServices();
  const { name } = sessionCookies(await installationId(common.db), publicUrl).sessionToken;
  const claims = await readSessionCookie(await requestCookies(), name, authSecret);
  if (!claims) return null;
  const actor = await findSessionActor(common.db, claims.sid, requestOrigin(await headers()), common.now());
  return actor && { ...common, actor };
});

/**
 * The context of the signed-in user, for screens and server actions; sends everybody else to the sign-in page and from
 * there back to where they were. Route handlers ask {@link optionalWebContext} through `jsonResponse`.
 */
export async function webContext(): Promise<WebContext> {
  const ctx = await optionalWebContext();
  if (ctx) return ctx;
  const path = safeNextPath((await headers()).get("x-bifrost-path"));
  redirect(path === "/" ? "/sign-in" : `/sign-in?next=${encodeURIComponent(path)}`);
}
