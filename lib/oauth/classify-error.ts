import { EgressError, type EgressReason } from "@/lib/egress/egress-error";
import type { OAuthServiceError } from "./oauth-error";
import { DEAD_TOKEN_CODE } from "./read-answer";

export type OAuthErrorClass = "needs_person" | "client" | "configuration" | "passing" | "unknown";

const CLASS_OF_CODE: ReadonlyMap<string, OAuthErrorClass> = new Map(
  Object.entries({
    needs_person: [
      "invalid_grant",
      "interaction_required",
      "consent_required",
      "login_required",
      "account_selection_required",
      "access_denied",
      DEAD_TOKEN_CODE,
      // GitHub, Slack, HubSpot and Zoho in their own words.
      "bad_refresh_token",
      "bad_verification_code",
      "invalid_refresh_token",
      "invalid_code",
      "token_revoked",
      "token_expired",
      "account_inactive",
    ],
    client: [
      "invalid_client",
      "unauthorized_client",
      "incorrect_client_credentials",
      "bad_client_secret",
      "invalid_client_id",
      "invalid_client_secret",
    ],
    configuration: [
      "invalid_scope",
      "invalid_request",
      "invalid_target",
      "unsupported_grant_type",
      "unsupported_response_type",
      "redirect_uri_mismatch",
      "bad_redirect_uri",
    ],
    passing: ["temporarily_unavailable", "server_error", "slow_down", "ratelimited", "rate_limited"],
  } satisfies Partial<Record<OAuthErrorClass, string[]>>).flatMap(([kind, codes]) =>
    codes.map((code): [string, OAuthErrorClass] => [code, kind as OAuthErrorClass]),
  ),
);

/** Every code of a service that has a class. */
export const KNOWN_ERROR_CODES: readonly string[] = [...CLASS_OF_CODE.keys()];

/** What no waiting mends, because the request was never allowed out. */
const REFUSED_HERE: ReadonlySet<EgressReason> = new Set<EgressReason>([
  "invalid_url",
  "scheme_forbidden",
  "https_required",
  "address_forbidden",
]);

const PASSING_STATUS: ReadonlySet<number> = new Set([408, 425, 429]);

/** What kind of trouble a failed token request means: who can mend it, and whether waiting may (the refresh table). */
export function classifyOAuthError(error: OAuthServiceError): OAuthErrorClass {
  const status = error.httpStatus;
  if (error.kind === "unsent") {
    const reason = error.cause instanceof EgressError ? error.cause.reason : null;
    return reason === null || REFUSED_HERE.has(reason) ? "configuration" : "passing";
  }
  if (error.kind === "no_answer") return "passing";
  if (status !== null && (status >= 500 || PASSING_STATUS.has(status))) return "passing";
  return CLASS_OF_CODE.get(error.code?.toLowerCase() ?? "") ?? "unknown";
}
