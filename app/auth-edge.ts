import { cookies, headers } from "next/headers";
import type { ActionFailure } from "@/components/integrations/action-result";
import { requestOrigin } from "@/lib/auth/client-address";
import { type AuthAnswer, postToNextAuth } from "@/lib/auth/next-auth-client";
import { nextAuthOptions, SIGN_IN_ERRORS } from "@/lib/auth/next-auth-options";
import { parseSetCookie } from "@/lib/auth/set-cookie";
import { OIDC_PROVIDER_ID } from "@/lib/auth/single-sign-on";
import { readEnv } from "@/lib/env";
import { AppError } from "@/lib/errors";
import { screensLog } from "@/lib/log";
import { requestCookies, webServices } from "./context";
import { describeFailure } from "./describe-failure";

/** next-auth's options for the request at hand. */
export async function requestAuthOptions(onError?: (error: unknown) => void) {
  const { db, now } = webServices();
  return nextAuthOptions({
    db,
    env: readEnv(),
    origin: requestOrigin(await headers()),
    now,
    onError(code, error) {
      if (onError && code === "SIGN_IN_FAILED") onError(error);
      else screensLog().warn({ code, err: error }, "next-auth refused a request");
    },
  });
}

/**
 * Signs the browser in with a password: for server actions, since it sets the session cookie.
 * @returns null, or why not
 */
export async function signInWithPassword(email: string, password: string): Promise<ActionFailure | null> {
  try {
    let thrown: unknown;
    const options = await requestAuthOptions((error) => (thrown = error));
    const answer = await postToNextAuth(
      options,
      "callback",
      "credentials",
      { email, password },
      await requestCookies(),
    );
    if (thrown !== undefined) throw thrown;
    const refusal = signInRefusal(answer.url.searchParams.get("error"));
    if (refusal) throw refusal;
    await setCookies(answer);
    return null;
  } catch (error) {
    const { code, message } = describeFailure(error);
    return { ok: false, code, message, fieldErrors: {} };
  }
}

/** Where single sign-on begins, with next-auth's cookies set to recognise the answer. */
export async function startSingleSignOn(next: string): Promise<URL> {
  const options = await requestAuthOptions();
  const answer = await postToNextAuth(
    options,
    "signin",
    OIDC_PROVIDER_ID,
    { callbackUrl: next },
    await requestCookies(),
  );
  await setCookies(answer);
  return answer.url;
}

function signInRefusal(error: string | null): AppError | null {
  if (error === null) return null;
  if (error.startsWith(`${SIGN_IN_ERRORS.throttled}:`)) {
    const seconds = Number(error.slice(SIGN_IN_ERRORS.throttled.length + 1)) || 1;
    const words = seconds < 120 ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`;
    return new AppError("rate_limited", `Too many failed attempts. Try again in ${words}.`, {
      retryAfterSeconds: seconds,
    });
  }
  return new AppError(
    "unauthenticated",
    "The email address or the password is wrong. Check both, or ask an admin if you have forgotten it.",
  );
}

async function setCookies({ setCookies: lines }: AuthAnswer): Promise<void> {
  const jar = await cookies();
  for (const line of lines) jar.set(parseSetCookie(line));
}
