/** What to do with a request by the host it was addressed to. */
export type HostVerdict =
  { action: "serve" } | { action: "redirect"; location: string } | { action: "refuse"; message: string };

interface AddressedRequest {
  method: string;
  /** The Host header, or X-Forwarded-Host as a reverse proxy gives it. */
  host: string | null;
  /** Path and query, beginning with "/". */
  pathAndQuery: string;
  publicUrl: string;
}

/**
 * Serves under BIFROST_URL's host alone: 127.0.0.1 for localhost would lose the cookie between Connect and callback,
 * and a foreign name that resolves here is DNS rebinding. Reading requests are sent on; others are refused, for their
 * bodies were meant for another origin. (A page cannot set these headers for another site's requests.)
 */
export function judgeHost({ method, host, pathAndQuery, publicUrl }: AddressedRequest): HostVerdict {
  if (host !== null && sameHost(host, publicUrl)) return { action: "serve" };
  if (method === "GET" || method === "HEAD") {
    return { action: "redirect", location: `${publicUrl}/${pathAndQuery.replace(/^\/+/, "")}` };
  }
  return {
    action: "refuse",
    message: `This server is known as ${publicUrl} (BIFROST_URL). Open it there and repeat what you did.`,
  };
}

function sameHost(host: string, publicUrl: string): boolean {
  const expected = new URL(publicUrl);
  return URL.parse(`${expected.protocol}//${host}`)?.host === expected.host;
}
