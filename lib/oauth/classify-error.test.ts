import { expect, it } from "vitest";
import { EgressError, type EgressReason } from "@/lib/egress/egress-error";
import { classifyOAuthError } from "./classify-error";
import { OAuthServiceError, type OAuthServiceErrorDetails } from "./oauth-error";

function classOf(details: OAuthServiceErrorDetails): string {
  return classifyOAuthError(new OAuthServiceError("", details));
}

const refusedBeforeSending = (reason: EgressReason) =>
  new EgressError(reason, "", { host: "h", sent: false });

it.each([
  ["invalid_grant", 400, "needs_person"],
  ["INVALID_GRANT", 400, "needs_person"],
  ["interaction_required", 400, "needs_person"],
  ["consent_required", 400, "needs_person"],
  ["login_required", 400, "needs_person"],
  ["dead_token", 400, "needs_person"],
  ["bad_refresh_token", 200, "needs_person"],
  ["invalid_client", 401, "client"],
  ["unauthorized_client", 400, "client"],
  ["invalid_scope", 400, "configuration"],
  ["invalid_request", 400, "configuration"],
  ["unsupported_grant_type", 400, "configuration"],
  ["temporarily_unavailable", 400, "passing"],
  ["slow_down", 429, "passing"],
  ["invalid_grant", 503, "passing"],
  ["invalid_client", 429, "passing"],
  [null, 500, "passing"],
  [null, 429, "passing"],
  [null, 403, "unknown"],
  ["teapot", 418, "unknown"],
])("%s with HTTP %i is of the class %s … %s", (code, httpStatus, expected) => {
  expect(classOf({ kind: "error_answer", code, httpStatus })).toBe(expected);
});

it.each([
  [{ kind: "not_json", httpStatus: 502 }, "passing"],
  [{ kind: "not_json", httpStatus: 404 }, "unknown"],
  [{ kind: "not_json", httpStatus: 200 }, "unknown"],
  [{ kind: "unusable_answer", httpStatus: 200 }, "unknown"],
  [{ kind: "no_answer" }, "passing"],
  [{ kind: "unsent", cause: refusedBeforeSending("connect_failed") }, "passing"],
  [{ kind: "unsent", cause: refusedBeforeSending("dns_failed") }, "passing"],
  [{ kind: "unsent", cause: refusedBeforeSending("address_forbidden") }, "configuration"],
  [{ kind: "unsent", cause: refusedBeforeSending("https_required") }, "configuration"],
  [{ kind: "unsent" }, "configuration"],
] as [OAuthServiceErrorDetails, string][])("%j is of the class %s", (details, expected) => {
  expect(classOf(details)).toBe(expected);
});
