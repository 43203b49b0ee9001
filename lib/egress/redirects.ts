import { EgressError } from "./egress-error";
import type { OutgoingRequest, RawAnswer } from "./exchange";
import { hostOf } from "./rules";

/** What may go to another origin: nothing that could carry a credential under whatever name. */
const HARMLESS_HEADERS = new Set(["accept", "accept-encoding", "accept-language", "user-agent"]);

export function isRedirect(status: number): boolean {
  return [301, 302, 303, 307, 308].includes(status);
}

export function redirectRefused(from: URL, headers: Headers): EgressError {
  const target = readLocation(from, headers);
  const where = target && hostOf(target) !== hostOf(from) ? ` to ${hostOf(target)}` : "";
  const message = `${hostOf(from)} redirects${where} instead of answering. Enter the URL that answers itself.`;
  return new EgressError("redirect_refused", message, { host: hostOf(from), sent: true });
}

/**
 * The request that follows a redirect (RFC 9110 15.4). To another origin go no credentials: no header that could be one,
 * and no body.
 *
 * @throws {EgressError} `redirect_refused`, and what `judge` throws
 */
export function nextHop(
  request: OutgoingRequest,
  answer: RawAnswer,
  judge: (url: string) => URL,
): OutgoingRequest {
  const target = readLocation(request.url, answer.headers);
  if (!target) throw redirectRefused(request.url, answer.headers);
  target.hash = "";
  const url = judge(target.href);
  const becomesGet =
    (answer.status === 303 && request.method !== "HEAD") ||
    (answer.status < 303 && request.method === "POST");
  const method = becomesGet ? "GET" : request.method;
  const body = becomesGet ? null : request.body;

  const staysHome = url.origin === request.url.origin;
  if (!staysHome && body !== null) throw redirectRefused(request.url, answer.headers);
  const headers = new Headers();
  for (const [name, value] of request.headers) {
    const isOfBody = name.startsWith("content-");
    if ((staysHome || HARMLESS_HEADERS.has(name)) && !(body === null && isOfBody)) headers.set(name, value);
  }
  headers.set("host", url.host);
  return { ...request, url, method, headers, body };
}

function readLocation(from: URL, headers: Headers): URL | null {
  const location = headers.get("location");
  return location !== null && URL.canParse(location, from) ? new URL(location, from) : null;
}
