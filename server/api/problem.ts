import type { Logger } from "pino";
import { uuidv7 } from "@/lib/db/id";
import { isDatabaseUnavailable } from "@/lib/db/unavailable";
import { UnsealError } from "@/lib/crypto/seal";
import { AppError, type ErrorCode, ERROR_STATUS, type FieldError } from "@/lib/errors";

/** An error answer as RFC 9457 has it, with a stable `code` and, for a 422, the fields at fault. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: ErrorCode;
  errors?: FieldError[];
}

const TITLES: Record<ErrorCode, string> = {
  unauthenticated: "Not authenticated",
  scope_forbidden: "Scope forbidden",
  permission_denied: "Permission denied",
  integration_not_found: "Integration not found",
  organization_not_found: "Organization not found",
  mapping_not_found: "Mapping not found",
  connection_not_found: "Connection not found",
  user_not_found: "User not found",
  api_key_not_found: "API key not found",
  setup_link_not_found: "Setup link not found",
  webhook_not_found: "Webhook not found",
  webhook_delivery_not_found: "Webhook delivery not found",
  route_not_found: "No such route",
  conflict: "Conflict",
  not_connected: "Not connected",
  reconnect_required: "Reconnect required",
  connection_changed: "Connection changed",
  ambiguous_mapping: "Several mappings match",
  payload_too_large: "Payload too large",
  validation_failed: "Validation failed",
  rate_limited: "Rate limit reached",
  internal_error: "Internal error",
  service_unavailable: "Service unavailable",
};

/** The API's one mapper from whatever was thrown to an answer; what is no {@link AppError} is logged under an id. */
export function problemResponse(error: unknown, log: Logger): Response {
  const known = error instanceof AppError ? error : translate(error, log);
  const problem: Problem = {
    type: `urn:bifrost:problem:${known.code}`,
    title: TITLES[known.code],
    status: ERROR_STATUS[known.code],
    detail: known.message,
    code: known.code,
    ...(known.code === "validation_failed" ? { errors: known.errors } : {}),
  };
  const headers = new Headers({ "content-type": "application/problem+json", "cache-control": "no-store" });
  if (known.retryAfterSeconds !== undefined) headers.set("retry-after", String(known.retryAfterSeconds));
  if (known.code === "unauthenticated") headers.set("www-authenticate", 'Bearer realm="bifrost"');
  return new Response(JSON.stringify(problem), { status: problem.status, headers });
}

/** Says in the log exactly which record cannot be opened. */
export function logUnopened(log: Logger, { place, keyId, reason }: UnsealError): void {
  log.error({ place, keyId, reason }, "a stored secret cannot be opened");
}

function translate(error: unknown, log: Logger): AppError {
  if (error instanceof UnsealError) {
    logUnopened(log, error);
    return new AppError(
      "service_unavailable",
      `${error.message} Nothing was changed; once the key is back, the same request works.`,
    );
  }
  if (isDatabaseUnavailable(error)) {
    log.warn({ err: error }, "the database does not answer");
    return new AppError("service_unavailable", "The database does not answer. Try again in a moment.", {
      retryAfterSeconds: 1,
    });
  }
  const id = uuidv7();
  log.error({ err: error, errorId: id }, "unexpected error in the API");
  return new AppError(
    "internal_error",
    `Something went wrong on the server. Its log tells more under the id ${id}.`,
  );
}
