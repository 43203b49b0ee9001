import { maskSecrets } from "./service-words";
import type { OAuthIo } from "./types";

const BODY_START_LENGTH = 2_000;
/** A list of users may be long; only its start is kept. */
const MAX_BYTES = 8 * 1_048_576;

export interface TestAnswer {
  status: number;
  /** The first 2,000 characters, the token masked. */
  bodyStart: string;
  contentType: string | null;
}

/**
 * "Test connection": a GET with the token (or with headers of the caller's making). Redirects are followed, without the token
 * where they leave the origin.
 *
 * @throws {EgressError} when there is no answer
 */
export async function testRequest(
  url: string,
  credentials: string | Record<string, string>,
  io: OAuthIo,
): Promise<TestAnswer> {
  const headers = typeof credentials === "string" ? { authorization: `Bearer ${credentials}` } : credentials;
  const secrets = Object.values(headers).flatMap((value) => [value, value.replace(/^\S+\s+/, "")]);
  const response = await io.fetch(url, {
    headers: { accept: "application/json, */*;q=0.5", ...headers },
    redirect: "follow",
    maxBytes: MAX_BYTES,
    timeoutMs: io.timeoutMs,
  });
  const text = await response.text();
  // Masked before it is cut: half a token at the end would be missed otherwise.
  const start = maskSecrets(text.slice(0, BODY_START_LENGTH * 10), secrets);
  return {
    status: response.status,
    bodyStart: [...start].slice(0, BODY_START_LENGTH).join(""),
    contentType: response.headers.get("content-type"),
  };
}
