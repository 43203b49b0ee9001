import type { Origin } from "./actor.ts";

/** Set by server/web.ts from the socket, after it dropped whatever a client sent under this name. */
export const CLIENT_ADDRESS_HEADER = "x-bifrost-client-address";

/** Where a request came from, for throttling and the audit log. */
export function requestOrigin(headers: Headers): Origin {
  return {
    ipAddress: headers.get(CLIENT_ADDRESS_HEADER) || null,
    userAgent: headers.get("user-agent")?.slice(0, 300) ?? null,
  };
}
