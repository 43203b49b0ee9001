export type EgressReason =
  | "invalid_url"
  | "scheme_forbidden"
  | "https_required"
  | "address_forbidden"
  | "dns_failed"
  | "connect_failed"
  | "tls_failed"
  | "timeout"
  | "too_large"
  | "redirect_refused"
  | "reset"
  | "bad_encoding";

interface EgressErrorOptions {
  host: string;
  sent: boolean;
  cause?: unknown;
}

/** No usable answer from outside. The message is written for the user: what happened and what to do, with no secret in it. */
export class EgressError extends Error {
  readonly reason: EgressReason;
  /** Whether any byte of the request may have left: false means that the service cannot have acted on it. */
  readonly sent: boolean;
  readonly host: string;

  constructor(reason: EgressReason, message: string, options: EgressErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "EgressError";
    this.reason = reason;
    this.sent = options.sent;
    this.host = options.host;
  }
}
