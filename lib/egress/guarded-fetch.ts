import type { Socket } from "node:net";
import { openSocket, resolveChecked } from "./connect";
import { startDeadline, type Deadline } from "./deadline";
import { ACCEPTED_ENCODINGS, decodeBody } from "./decode-body";
import { EgressError } from "./egress-error";
import { exchange, timeoutMessage, tooLargeMessage, type OutgoingRequest, type RawAnswer } from "./exchange";
import type { EgressPolicy, GuardedFetch, GuardedInit } from "./policy";
import { isRedirect, nextHop, redirectRefused } from "./redirects";
import { checkUrl, hostOf } from "./rules";

export type { EgressPolicy, GuardedFetch } from "./policy";

const DEFAULT_MAX_BYTES = 1_048_576;
const DEFAULT_TIMEOUT_MS = 30_000;
const MAX_HOPS = 5;
/** Set by the connection itself; a caller's own would let a body be read as a second request. */
const CONNECTION_HEADERS = ["connection", "content-length", "expect", "host", "transfer-encoding", "upgrade"];

/** The one `fetch` for everything outbound: see docs/adr for why Node's own is not used. */
export function createGuardedFetch(policy: EgressPolicy): GuardedFetch {
  return async (url, init = {}) => {
    const limits = {
      maxBytes: init.maxBytes ?? DEFAULT_MAX_BYTES,
      timeoutMs: init.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    };
    let request = prepareRequest(judge(String(url), policy, false), init, limits.maxBytes);
    const deadline = startDeadline(limits.timeoutMs, init.signal);
    try {
      for (let hop = 0; ; hop++) {
        const answer = await send(
          request,
          policy,
          deadline,
          hop === 0 ? init.beforeSend : undefined,
          hop > 0,
        );
        if (!isRedirect(answer.status)) return await toResponse(answer, request);
        if (init.redirect !== "follow" || hop >= MAX_HOPS) throw redirectRefused(request.url, answer.headers);
        request = nextHop(request, answer, (next) => judge(next, policy, true));
      }
    } finally {
      deadline.clear();
    }
  };
}

function judge(url: string, policy: EgressPolicy, sent: boolean): URL {
  const verdict = checkUrl(url, policy);
  if (verdict.ok) return verdict.url;
  const host = URL.canParse(url) ? hostOf(new URL(url)) : "";
  throw new EgressError(verdict.reason, verdict.message, { host, sent });
}

async function send(
  request: OutgoingRequest,
  policy: EgressPolicy,
  deadline: Deadline,
  beforeSend: GuardedInit["beforeSend"],
  sentBefore: boolean,
): Promise<RawAnswer> {
  const { url } = request;
  const timedOut = () =>
    new EgressError("timeout", timeoutMessage(hostOf(url)), { host: hostOf(url), sent: sentBefore });
  try {
    const addresses = await orAbort(resolveChecked(url, policy), deadline.signal, timedOut);
    const socket = await openSocket(url, addresses, deadline.signal);
    deadline.watch(socket);
    try {
      await hold(socket, beforeSend?.(), hostOf(url));
      if (deadline.signal.aborted) throw timedOut();
    } catch (error) {
      socket.destroy();
      throw error;
    }
    return await exchange(request, socket, deadline.signal);
  } catch (error) {
    if (!(error instanceof EgressError) || error.sent) throw error;
    if (deadline.signal.aborted) throw timedOut();
    throw sentBefore
      ? new EgressError(error.reason, error.message, { host: error.host, sent: true, cause: error })
      : error;
  }
}

/** Waits for what must be known before the first byte, while nobody else listens to the socket. */
async function hold(socket: Socket, announced: void | Promise<void>, host: string): Promise<void> {
  if (!announced) return;
  let failure: unknown;
  const onError = (error: unknown) => (failure = error);
  socket.on("error", onError);
  await announced.finally(() => socket.off("error", onError));
  if (!socket.destroyed) return;
  const message = `${host} closed the connection before the request was sent. Try again.`;
  throw new EgressError("connect_failed", message, { host, sent: false, cause: failure });
}

function prepareRequest(url: URL, init: GuardedInit, maxBytes: number): OutgoingRequest {
  const { body, contentType } = encodeBody(init.body);
  const headers = new Headers(init.headers);
  for (const name of CONNECTION_HEADERS) headers.delete(name);
  if (contentType && !headers.has("content-type")) headers.set("content-type", contentType);
  if (!headers.has("accept")) headers.set("accept", "*/*");
  // GitHub refuses requests that do not say who they are.
  if (!headers.has("user-agent")) headers.set("user-agent", "Bifrost");
  headers.set("accept-encoding", ACCEPTED_ENCODINGS);
  const method = (init.method ?? "GET").toUpperCase();
  return { url, method, headers: withHostAndLength(headers, url, method, body), body, maxBytes };
}

function withHostAndLength(headers: Headers, url: URL, method: string, body: Buffer | null): Headers {
  headers.set("host", url.host);
  if (body !== null) headers.set("content-length", String(body.length));
  else if (method !== "GET" && method !== "HEAD") headers.set("content-length", "0");
  else headers.delete("content-length");
  return headers;
}

function encodeBody(body: RequestInit["body"]): { body: Buffer | null; contentType: string | null } {
  if (body === null || body === undefined) return { body: null, contentType: null };
  if (typeof body === "string") return { body: Buffer.from(body), contentType: "text/plain;charset=UTF-8" };
  if (body instanceof URLSearchParams) {
    return {
      body: Buffer.from(body.toString()),
      contentType: "application/x-www-form-urlencoded;charset=UTF-8",
    };
  }
  if (body instanceof ArrayBuffer) return { body: Buffer.from(body), contentType: null };
  if (ArrayBuffer.isView(body)) {
    return { body: Buffer.from(body.buffer, body.byteOffset, body.byteLength), contentType: null };
  }
  throw new TypeError("guarded fetch takes text, bytes or URLSearchParams as body");
}

async function toResponse(answer: RawAnswer, request: OutgoingRequest): Promise<Response> {
  const { status, headers } = answer;
  const host = hostOf(request.url);
  const decoded = await decodeBody(answer.body, headers.get("content-encoding"), request.maxBytes);
  if (!decoded.ok) {
    const message =
      decoded.reason === "too_large"
        ? tooLargeMessage(host, request.maxBytes)
        : `The answer of ${host} is compressed in a way that could not be undone. Try again.`;
    throw new EgressError(decoded.reason, message, { host, sent: true });
  }
  headers.delete("content-encoding");
  headers.delete("transfer-encoding");
  headers.delete("content-length");
  const hasBody = status !== 204 && status !== 205 && status !== 304;
  return new Response(hasBody ? new Uint8Array(decoded.body) : null, { status, headers });
}

function orAbort<T>(work: Promise<T>, signal: AbortSignal, reason: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(reason());
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
