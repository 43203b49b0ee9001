import type { IncomingMessage, ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";

/** What the service does with one request. */
export interface ScriptedAnswer {
  /** 200 unless said. */
  status?: number;
  headers?: Record<string, string | string[]>;
  /** An object is sent as JSON. */
  body?: string | Buffer | Record<string, unknown> | unknown[];
  /** Before anything is answered. */
  delayMs?: number;
  /** Nothing is answered before this resolves: a service that is slow for as long as the test wants. */
  until?: Promise<unknown>;
  /**
   * `hang` never answers · `reset` breaks the connection before answering · `truncate` announces the whole body and
   * breaks after half · `stall` sends half and stops · `large` sends 10 MB · `bomb` sends 50 MB of zeros, gzipped ·
   * `garbage` is not HTTP
   */
  fault?: "hang" | "reset" | "truncate" | "stall" | "large" | "bomb" | "garbage";
}

export interface RecordedRequest {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingMessage["headers"];
  body: string;
  /** The body's members, of a form or of a JSON object. */
  params: Record<string, unknown>;
  /** Equal for requests that came over one connection. */
  connection: number;
  at: Date;
}

const LARGE_BYTES = 10 * 1_048_576;
const BOMB_BYTES = 50 * 1_048_576;

export async function sendAnswer(answer: ScriptedAnswer, response: ServerResponse): Promise<void> {
  if (answer.delayMs) await new Promise((resolve) => setTimeout(resolve, answer.delayMs));
  await answer.until;
  const { socket } = response;
  if (answer.fault === "hang" || !socket || socket.destroyed) return;
  if (answer.fault === "reset") return void socket.resetAndDestroy();
  if (answer.fault === "garbage") return void socket.end("SSH-2.0-OpenSSH_9.9\r\n");

  const { body, contentType, encoding } = bodyOf(answer);
  for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value);
  if (contentType && !response.hasHeader("content-type")) response.setHeader("content-type", contentType);
  if (encoding) response.setHeader("content-encoding", encoding);
  response.statusCode = answer.status ?? 200;
  if (answer.fault === "truncate" || answer.fault === "stall") {
    response.setHeader("content-length", body.length);
    response.write(body.subarray(0, Math.floor(body.length / 2)), () => {
      if (answer.fault === "truncate") setTimeout(() => socket.destroy(), 20);
    });
    return;
  }
  response.end(body);
}

export function paramsOf(body: string, contentType: string | undefined): Record<string, unknown> {
  if (contentType?.includes("json")) {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === "object" && parsed !== null ? { ...parsed } : {};
  }
  return Object.fromEntries(new URLSearchParams(body));
}

function bodyOf(answer: ScriptedAnswer): {
  body: Buffer;
  contentType: string | null;
  encoding: string | null;
} {
  if (answer.fault === "large") {
    return { body: Buffer.alloc(LARGE_BYTES, "x"), contentType: "application/json", encoding: null };
  }
  if (answer.fault === "bomb") {
    return { body: gzipSync(Buffer.alloc(BOMB_BYTES)), contentType: "application/json", encoding: "gzip" };
  }
  if (answer.body === undefined) return { body: Buffer.alloc(0), contentType: null, encoding: null };
  if (typeof answer.body === "string")
    return { body: Buffer.from(answer.body), contentType: null, encoding: null };
  if (Buffer.isBuffer(answer.body)) return { body: answer.body, contentType: null, encoding: null };
  return { body: Buffer.from(JSON.stringify(answer.body)), contentType: "application/json", encoding: null };
}
