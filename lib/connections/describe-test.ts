import { describeTrouble, howNextTokenComes, type Viewer } from "@/lib/health/rules";

/**
 * What a test went by: the service's answer to the token or the values, its answer to a request without them, or, where it
 * was not asked, what is known here of the token or of the values.
 */
export type TestBasis = "answer" | "reach" | "token" | "values";

export interface Verdict {
  ok: boolean;
  message: string;
}

/** A token that is tested, as far as it decides how another one comes, and who tests it. */
export interface TestedToken {
  status: string;
  errorCode: string | null;
  errorMessage: string | null;
  isDerived: boolean;
  hasRefreshToken: boolean;
  comesByItself: boolean;
  viewer: Viewer;
}

/** Why an expired token was not renewed, and whether anybody has to act; as Overview and Health say it. */
export function describeExpired(token: TestedToken): string {
  const { status, errorCode, errorMessage, isDerived, viewer } = token;
  if (errorCode === null) return `The token has expired. ${howNextTokenComes(token, viewer.mayConnect)}`;
  const stored = { code: errorCode, message: errorMessage, since: null, nextTryAt: null, isDerived };
  const { what, quote, advice } = describeTrouble(stored, status, viewer);
  return ["The token has expired.", what, quote && `“${quote}”`, advice].filter(Boolean).join(" ");
}

export function describeValid(expiresAt: Date | null): string {
  const until = expiresAt ? `is valid until ${expiresAt.toISOString()}` : "has no known expiry";
  return `The token ${until}. Set a Test URL under Advanced to ask the service itself.`;
}

/** What the service's answer to the token says of it. */
export function describeTokenAnswer(status: number, token: TestedToken): Verdict {
  if (status === 401) {
    const message = `The service did not accept the token (401). ${howToReplace(token)}`;
    return { ok: false, message };
  }
  return describeAnswer(status, "the Scopes and the account's rights");
}

function howToReplace({ status, isDerived, hasRefreshToken, comesByItself, viewer }: TestedToken): string {
  const isRenewable = status !== "reconnect_required" && (hasRefreshToken || comesByItself);
  if (!isRenewable) return "Reconnect, or check the Test URL.";
  if (!viewer.mayConnect) return "Ask a platform admin or a technician to refresh it.";
  return `Refresh token gets another one. If that is not accepted either, ${isDerived ? "check the Test URL" : "reconnect, or check the Test URL"}.`;
}

/** What the service's answer to the values of config fields says of them. */
export function describeValuesAnswer(status: number): Verdict {
  if (status === 401) {
    const message = "The service did not accept what it was given (401). Check the values and the Test URL.";
    return { ok: false, message };
  }
  return describeAnswer(status, "what the key may do");
}

function describeAnswer(status: number, rights: string): Verdict {
  if (status >= 200 && status < 300) return { ok: true, message: `The service answered ${status}.` };
  const message =
    status === 403
      ? `The service knows who asks, but refuses this (403). Check ${rights}.`
      : `The service answered ${status}, not a success. Check the Test URL.`;
  return { ok: false, message };
}

/**
 * What an answer says to a request without credentials, made where nothing is known of how they are sent; `howElse` says how
 * the values are tested instead.
 */
export function describeReached(status: number, howElse: string | null): Verdict {
  const refuses = status === 401 || status === 403;
  const ok = refuses || (status >= 200 && status < 300);
  if (!ok) return describeAnswer(status, "");
  const wish = refuses ? ", as it wants to know who asks" : "";
  return {
    ok,
    message: `The service answered ${status}${wish}. The values of the config fields were not sent. ${howElse ?? ASK_FROM_SCRIPT}`,
  };
}

export const ASK_FROM_SCRIPT = "How this service is asked with them is not known here: ask it from a script.";
