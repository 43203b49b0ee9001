export type OAuthErrorKind = "error_answer" | "not_json" | "unusable_answer" | "unsent" | "no_answer";

export interface OAuthServiceErrorDetails {
  kind: OAuthErrorKind;
  /** The service's error code, where it gave one. */
  code?: string | null;
  /** The service's own words: plain text, secrets masked, at most 500 characters. */
  description?: string | null;
  httpStatus?: number | null;
  retryAfterSeconds?: number | null;
  cause?: unknown;
}

/**
 * The service did not do what was asked. `error_answer`, `not_json` and `unusable_answer` came from the service; `unsent`
 * never reached it; `no_answer` may have. The message is a sentence for the user and holds no secret.
 */
export class OAuthServiceError extends Error {
  readonly kind: OAuthErrorKind;
  readonly code: string | null;
  readonly description: string | null;
  readonly httpStatus: number | null;
  readonly retryAfterSeconds: number | null;

  constructor(message: string, details: OAuthServiceErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = "OAuthServiceError";
    this.kind = details.kind;
    this.code = details.code ?? null;
    this.description = details.description ?? null;
    this.httpStatus = details.httpStatus ?? null;
    this.retryAfterSeconds = details.retryAfterSeconds ?? null;
  }
}
