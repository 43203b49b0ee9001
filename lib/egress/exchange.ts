import { request as httpRequest, type ClientRequest, type IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { EgressError, type EgressReason } from "./egress-error";
import { hostOf } from "./rules";

export interface OutgoingRequest {
  url: URL;
  method: string;
  headers: Headers;
  body: Buffer | null;
  maxBytes: number;
}

export interface RawAnswer {
  status: number;
  headers: Headers;
  body: Buffer;
}

/**
 * Sends one request on a socket that is used for nothing else and takes the whole answer. Nothing is ever sent twice.
 *
 * @throws {EgressError} `timeout`, `reset`, `too_large`, `bad_encoding`; the request may have been acted on
 */
export function exchange(request: OutgoingRequest, socket: Socket, signal: AbortSignal): Promise<RawAnswer> {
  const host = hostOf(request.url);
  const failure = (reason: EgressReason, message: string, cause?: unknown) =>
    new EgressError(reason, message, { host, sent: true, cause });

  return new Promise<RawAnswer>((resolve, reject) => {
    // A connection of its own means no agent, hence no pool and no replay.
    const outgoing: ClientRequest = httpRequest({
      method: request.method,
      path: request.url.pathname + request.url.search,
      headers: Object.fromEntries(request.headers),
      createConnection: () => socket,
    });
    const finish = (settle: () => void) => {
      signal.removeEventListener("abort", onAbort);
      settle();
      outgoing.destroy();
      socket.destroy();
    };
    const fail = (error: EgressError) => finish(() => reject(error));
    const onAbort = () => fail(failure("timeout", timeoutMessage(host)));
    const onBroken = (cause: unknown) => fail(brokenAnswer(cause, failure, host));

    outgoing.on("error", onBroken);
    outgoing.on("upgrade", () => onBroken(new Error("switched protocols")));
    outgoing.on("response", (incoming: IncomingMessage) => {
      const chunks: Buffer[] = [];
      let size = 0;
      incoming.on("data", (chunk: Buffer) => {
        size += chunk.length;
        if (size > request.maxBytes) fail(failure("too_large", tooLargeMessage(host, request.maxBytes)));
        else chunks.push(chunk);
      });
      incoming.on("error", onBroken);
      incoming.on("end", () =>
        finish(() => {
          const status = incoming.statusCode ?? 0;
          if (!incoming.complete) reject(brokenAnswer(new Error("incomplete"), failure, host));
          else if (status < 200 || status > 599) reject(failure("bad_encoding", unreadableMessage(host)));
          else resolve({ status, headers: readHeaders(incoming), body: Buffer.concat(chunks) });
        }),
      );
    });
    if (signal.aborted) return onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    outgoing.end(request.body ?? undefined);
  });
}

export function timeoutMessage(host: string): string {
  return `${host} did not answer in time. Try again; if it goes on, check the service's status.`;
}

export function tooLargeMessage(host: string, maxBytes: number): string {
  const limit = maxBytes >= 1_048_576 ? `${Math.round(maxBytes / 1_048_576)} MB` : `${maxBytes} bytes`;
  return `The answer of ${host} is larger than ${limit}, so it was not read. Check the URL.`;
}

function unreadableMessage(host: string): string {
  return `The answer of ${host} could not be read as HTTP. Check the URL and its port.`;
}

function brokenAnswer(
  cause: unknown,
  failure: (reason: EgressReason, message: string, cause?: unknown) => EgressError,
  host: string,
): EgressError {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  if (code === "HPE_HEADER_OVERFLOW") return failure("too_large", tooLargeMessage(host, 16_384), cause);
  if (code.startsWith("HPE_") && code !== "HPE_INVALID_EOF_STATE") {
    return failure("bad_encoding", unreadableMessage(host), cause);
  }
  return failure("reset", `${host} closed the connection before its answer was complete. Try again.`, cause);
}

function readHeaders(incoming: IncomingMessage): Headers {
  const headers = new Headers();
  for (let i = 0; i + 1 < incoming.rawHeaders.length; i += 2) {
    try {
      headers.append(incoming.rawHeaders[i] ?? "", incoming.rawHeaders[i + 1] ?? "");
    } catch {
      // A header that no browser would take either tells us nothing.
    }
  }
  return headers;
}
