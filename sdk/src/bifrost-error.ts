/** One thing wrong with one parameter. */
export interface FieldError {
  path: string;
  message: string;
}

export interface BifrostErrorOptions {
  status?: number | undefined;
  retryAfter?: number | undefined;
  errors?: FieldError[] | undefined;
  cause?: unknown;
}

/**
 * What this package throws, save where `IntegrationData.fetch` cannot reach the service: that fails as the platform's `fetch`
 * does. `code` is stable; the message says what happened and what to do.
 */
export class BifrostError extends Error {
  /**
   * The server's code (`unauthenticated`, `scope_forbidden`, `rate_limited` …), why there is no token (`not_connected`,
   * `expired` …), or one of this package's own: `not_configured`, `connection_failed`, `unexpected_answer`, `host_not_allowed`.
   */
  readonly code: string;
  /** The HTTP status, where there was an answer. */
  readonly status: number | undefined;
  /** In how many seconds to try again, where the server said so. */
  readonly retryAfter: number | undefined;
  /** With `validation_failed`: which parameter is wrong, and how. */
  readonly errors: FieldError[];

  constructor(code: string, message: string, options: BifrostErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "BifrostError";
    this.code = code;
    this.status = options.status;
    this.retryAfter = options.retryAfter;
    this.errors = options.errors ?? [];
  }
}
