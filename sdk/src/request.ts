import { BifrostError, type FieldError } from "./bifrost-error.ts";
import type { Settings } from "./settings.ts";

const ATTEMPTS = 5;
const TIMEOUT_MS = 30_000;
const FIRST_BACKOFF_MS = 200;
/** A longer wait than this is the caller's to decide. */
const LONGEST_WAIT_MS = 30_000;

/**
 * GET of a path of the API. Tried again after 429, 503 and connection errors, as `Retry-After` says or with growing pauses.
 * @returns the JSON, or null for a 404 with one of `nullCodes`
 * @throws BifrostError
 */
export function read(settings: Settings, path: string, nullCodes: readonly string[]): Promise<unknown> {
  return repeat(isPassing, () => send(settings, "GET", path, undefined, nullCodes));
}

async function repeat(
  isWorthIt: (error: BifrostError) => boolean,
  call: () => Promise<unknown>,
): Promise<unknown> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof BifrostError) || !isWorthIt(error) || attempt === ATTEMPTS) throw error;
      const waitMs = error.retryAfter === undefined ? backoffMs(attempt) : error.retryAfter * 1_000;
      if (waitMs > LONGEST_WAIT_MS) throw error;
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  }
}

function isPassing({ code, status }: BifrostError): boolean {
  return status === 429 || status === 503 || code === "connection_failed";
}

/** Not a connection that stayed silent until the time was up: that long nobody waits twice. */
function isBroken({ code, cause }: BifrostError): boolean {
  return code === "connection_failed" && !(cause instanceof Error && cause.name === "TimeoutError");
}

function backoffMs(attempt: number): number {
  return FIRST_BACKOFF_MS * 2 ** (attempt - 1) * (0.5 + Math.random());
}

/**
 * Reads every page of a list.
 * @param member the member of the answer that holds the rows
 * @returns null where a page is: what was listed is gone
 */
export async function readPages<Row>(
  member: string,
  readPage: (query: string) => Promise<unknown>,
): Promise<Row[] | null> {
  const rows: Row[] = [];
  for (let query = ""; ;) {
    const page = (await readPage(query)) as (Record<string, Row[]> & { next_cursor: string | null }) | null;
    if (page === null) return null;
    rows.push(...(page[member] ?? []));
    if (page.next_cursor === null) return rows;
    query = `?cursor=${encodeURIComponent(page.next_cursor)}`;
  }
}

/**
 * PUT or DELETE of a path of the API, sent once: whether a write that was not answered was done, only a look tells.
 * @throws BifrostError
 */
export async function write(
  settings: Settings,
  method: "PUT" | "DELETE",
  path: string,
  body?: unknown,
): Promise<unknown> {
  return send(settings, method, path, body, []);
}

/**
 * POST of a path of the API that may be done twice as well as once. Tried again after connection errors: a server that is
 * restarted closes connections that a request may be on its way on.
 * @throws BifrostError
 */
export function writeRepeatable(
  settings: Settings,
  path: string,
  body: unknown,
  timeoutMs: number,
): Promise<unknown> {
  return repeat(isBroken, () => send(settings, "POST", path, body, [], timeoutMs));
}

async function send(
  { url, apiKey }: Settings,
  method: string,
  path: string,
  body: unknown,
  nullCodes: readonly string[],
  timeoutMs: number = TIMEOUT_MS,
): Promise<unknown> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(url + path, {
      method,
      headers: {
        accept: "application/json",
        authorization: `Bearer ${apiKey}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      body: body === undefined ? null : JSON.stringify(body),
      // Following would hand the API key to whatever stands at the other address.
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutMs),
    });
    text = await response.text();
  } catch (cause) {
    throw new BifrostError(
      "connection_failed",
      `Cannot reach Bifrost at ${url}${reasonOf(cause, timeoutMs)}. Check BIFROST_URL.`,
      {
        cause,
      },
    );
  }
  const answer = parseJson(text);
  if (response.ok && answer !== undefined) return answer;
  const problem = errorOf(url, response, answer);
  if (response.status === 404 && nullCodes.includes(problem.code)) return null;
  throw problem;
}

function reasonOf(cause: unknown, timeoutMs: number): string {
  if (!(cause instanceof Error)) return "";
  if (cause.name === "TimeoutError") return ` (no answer in ${timeoutMs / 1_000} s)`;
  const inner: unknown = cause.cause;
  const code = inner instanceof Error && "code" in inner ? inner.code : undefined;
  return typeof code === "string" ? ` (${code})` : "";
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function errorOf(url: string, response: Response, body: unknown): BifrostError {
  const { status } = response;
  const problem = isRecord(body) ? body : {};
  const retryAfter = retryAfterSeconds(response.headers.get("retry-after"));
  if (typeof problem["code"] === "string" && typeof problem["detail"] === "string") {
    const errors = Array.isArray(problem["errors"]) ? (problem["errors"] as FieldError[]) : undefined;
    return new BifrostError(problem["code"], problem["detail"], { status, retryAfter, errors });
  }
  const location = response.headers.get("location");
  const message =
    location === null
      ? `${url} answered ${status} and not as Bifrost does. Check BIFROST_URL.`
      : `${url} redirects to another address. Set BIFROST_URL to ${URL.canParse(location, url) ? new URL(location, url).origin : "it"}.`;
  return new BifrostError("unexpected_answer", message, { status, retryAfter });
}

function retryAfterSeconds(header: string | null): number | undefined {
  if (header === null) return undefined;
  if (/^\d{1,9}$/.test(header)) return Number(header);
  const atMs = Date.parse(header);
  return Number.isNaN(atMs) ? undefined : Math.max(0, Math.ceil((atMs - Date.now()) / 1_000));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
