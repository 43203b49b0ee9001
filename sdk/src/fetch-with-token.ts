import { BifrostError } from "./bifrost-error.ts";

/** Where a token may go. */
export interface TokenTarget {
  name: string;
  settingsUrl: string;
  baseUrl: string | null;
  apiHosts: readonly string[];
  /** Null: the integration has no OAuth; then nothing is added and no host is refused. */
  token: string | null;
}

const MOST_REDIRECTS = 20;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** What must not follow a redirect to another host (Fetch standard, "HTTP-redirect fetch", and what carries secrets besides). */
const CREDENTIAL_HEADERS = ["authorization", "cookie", "proxy-authorization", "x-api-key"];
const BODY_HEADERS = [
  "content-encoding",
  "content-language",
  "content-length",
  "content-location",
  "content-type",
];

/** See `IntegrationData.fetch`. Redirects are followed here, since the runtime's own would decide what becomes of the token. */
export async function fetchWithToken(
  target: TokenTarget,
  pathOrUrl: string | URL,
  init: RequestInit,
): Promise<Response> {
  const url = resolveUrl(target, pathOrUrl);
  if (target.token !== null && !isAllowed(target, url)) throw hostNotAllowed(target, url);
  const headers = new Headers(init.headers);
  if (target.token !== null && !headers.has("authorization"))
    headers.set("authorization", `Bearer ${target.token}`);
  const follows = init.redirect === undefined || init.redirect === "follow";
  const request: RequestInit = { ...init, headers, redirect: follows ? "manual" : init.redirect };
  return follows ? followRedirects(target, url, request) : fetch(url, request);
}

/** Whether a request can be sent once more: what is read in pieces, a stream or a generator, is read but once. */
export function isReplayable({ body }: RequestInit): boolean {
  if (typeof body !== "object" || body === null || isKept(body)) return true;
  return !(body instanceof ReadableStream || Symbol.asyncIterator in body || Symbol.iterator in body);
}

/** What can be gone through, and is read as a whole each time. */
function isKept(body: object): boolean {
  return body instanceof URLSearchParams || body instanceof FormData || ArrayBuffer.isView(body);
}

async function followRedirects(target: TokenTarget, first: URL, init: RequestInit): Promise<Response> {
  let url = first;
  let request = init;
  for (let hop = 0; ; hop++) {
    const response = await fetch(url, request);
    const location = REDIRECTS.has(response.status) ? response.headers.get("location") : null;
    if (location === null) return response;
    if (hop === MOST_REDIRECTS)
      throw new TypeError(`${first.host} redirects more than ${MOST_REDIRECTS} times.`);
    const next = new URL(location, url);
    if (!/^https?:$/.test(next.protocol))
      throw new TypeError(`${url.host} redirects to a ${next.protocol} address.`);
    await response.body?.cancel();
    request = nextRequest(target, request, response.status, url, next);
    url = next;
  }
}

function nextRequest(
  target: TokenTarget,
  request: RequestInit,
  status: number,
  from: URL,
  to: URL,
): RequestInit {
  const headers = new Headers(request.headers);
  const mayCarry = to.origin === from.origin || (target.token !== null && isAllowed(target, to));
  if (!mayCarry) for (const name of CREDENTIAL_HEADERS) headers.delete(name);
  const method = (request.method ?? "GET").toUpperCase();
  const becomesGet =
    (status === 303 && method !== "GET" && method !== "HEAD") ||
    ((status === 301 || status === 302) && method === "POST");
  if (becomesGet) {
    for (const name of BODY_HEADERS) headers.delete(name);
    return { ...request, headers, method: "GET", body: null };
  }
  if (!isReplayable(request)) throw new TypeError("A streamed body cannot follow a redirect.");
  return { ...request, headers };
}

function resolveUrl({ name, baseUrl, settingsUrl }: TokenTarget, pathOrUrl: string | URL): URL {
  const text = String(pathOrUrl).split("#", 1)[0] ?? "";
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return checked(text);
  if (baseUrl === null) {
    throw new BifrostError(
      "not_configured",
      `${name} has no base_url to put before "${text.split("?")[0]}". Set it at ${settingsUrl}, or give the whole URL.`,
    );
  }
  const base = checked(baseUrl);
  // Joined, never resolved: "//other.example" and "/path" stay below the base URL.
  const [path = "", ...query] = text.split("?");
  const prefix = base.pathname.replace(/\/+$/, "");
  const joined = path === "" ? base.pathname : `${prefix}/${path.replace(/^[/\\]+/, "")}`;
  const url = new URL(base.origin + joined);
  const inherited = base.search.slice(1);
  url.search = [inherited, query.join("?")].filter((part) => part !== "").join("&");
  return url;
}

function checked(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !/^https?:$/.test(url.protocol) || url.username + url.password !== "") {
    throw new BifrostError("validation_failed", "Give a path, or an http(s) URL without a user name.");
  }
  return url;
}

/** The base URL's own origin; or a listed host over https, on this very machine over http too. */
function isAllowed({ baseUrl, apiHosts }: TokenTarget, url: URL): boolean {
  if (baseUrl !== null && URL.canParse(baseUrl) && new URL(baseUrl).origin === url.origin) return true;
  const isSafe = url.protocol === "https:" || isLoopback(url.hostname);
  return isSafe && apiHosts.some((host) => host.toLowerCase() === url.host);
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}

function hostNotAllowed({ name, settingsUrl }: TokenTarget, url: URL): BifrostError {
  return new BifrostError(
    "host_not_allowed",
    `The token of ${name} is not sent to ${url.origin}. If that is right, add ${url.host} to its API hosts at ${settingsUrl}`,
  );
}
