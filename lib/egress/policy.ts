/** Which addresses this server may reach beyond the public internet. */
export interface EgressPolicy {
  /** Loopback is reachable, by plain http too: development, demo and tests. */
  allowLoopback: boolean;
  /** `BIFROST_EGRESS_ALLOW`: hosts, `host:port` or CIDRs that may be reached although they are private, by plain http too. */
  allow: string[];
}

export interface EgressOptions {
  /** Cap on the decompressed body, in bytes; 1 MiB unless said. */
  maxBytes?: number;
  /** For the whole exchange, body included; 30,000 unless said. */
  timeoutMs?: number;
  /** `refuse` unless said. Followed redirects are checked hop by hop and carry no credentials to another origin. */
  redirect?: "refuse" | "follow";
  /** Called once the socket is connected, just before the first byte leaves; what it throws ends the request unsent. */
  beforeSend?: () => void | Promise<void>;
}

/** `init` of {@link GuardedFetch}: `RequestInit` without its own `redirect`, and the limits. */
export type GuardedInit = Omit<RequestInit, "redirect"> & EgressOptions;

/**
 * The one way out of this server. Takes bodies that are strings, bytes, `URLSearchParams` or null; the answer's body is
 * complete when the promise resolves.
 *
 * @throws {EgressError} whenever there is no complete answer
 */
export type GuardedFetch = (url: string | URL, init?: GuardedInit) => Promise<Response>;
