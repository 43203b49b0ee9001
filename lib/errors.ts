import type { z } from "zod";

/** Every code an {@link AppError} may carry, with the HTTP status each edge answers it with. */
export const ERROR_STATUS = {
  unauthenticated: 401,
  scope_forbidden: 403,
  permission_denied: 403,
  integration_not_found: 404,
  organization_not_found: 404,
  mapping_not_found: 404,
  connection_not_found: 404,
  user_not_found: 404,
  api_key_not_found: 404,
  setup_link_not_found: 404,
  webhook_not_found: 404,
  webhook_delivery_not_found: 404,
  route_not_found: 404,
  conflict: 409,
  not_connected: 409,
  reconnect_required: 409,
  connection_changed: 409,
  ambiguous_mapping: 409,
  payload_too_large: 413,
  validation_failed: 422,
  rate_limited: 429,
  internal_error: 500,
  service_unavailable: 503,
} as const;

export type ErrorCode = keyof typeof ERROR_STATUS;

/** One thing wrong with one field of an input: `path` is dotted (`oauth.tokenUrl`), `message` says what to do. */
export interface FieldError {
  path: string;
  message: string;
}

interface AppErrorOptions {
  /** For `validation_failed`: the fields at fault. */
  errors?: FieldError[];
  /** For `rate_limited` and `service_unavailable`: when trying again makes sense, in seconds. */
  retryAfterSeconds?: number;
  cause?: unknown;
}

/**
 * What a user can cause and mend. Its message is written for that user: it says what happened and what to do,
 * and never carries a secret. Anything else that is thrown is a bug and is shown as an id only.
 */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly errors: FieldError[];
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "AppError";
    this.code = code;
    this.errors = options.errors ?? [];
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  get status(): number {
    return ERROR_STATUS[this.code];
  }
}

/** A `validation_failed` about one field. */
export function fieldError(path: string, message: string): AppError {
  return new AppError("validation_failed", message, { errors: [{ path, message }] });
}

/**
 * Parses what came from outside.
 * @throws AppError `validation_failed` with one entry per field at fault
 */
export function parseInput<S extends z.ZodType>(schema: S, raw: unknown): z.output<S> {
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  // The first word on a field says what to do; the rest would only repeat it.
  const messages = new Map<string, string>();
  for (const { path, message } of parsed.error.issues) {
    const field = path.join(".");
    if (!messages.has(field)) messages.set(field, message);
  }
  const errors = [...messages].map(([path, message]) => ({ path, message }));
  throw new AppError("validation_failed", errors[0]?.message ?? "The input is not valid.", { errors });
}
