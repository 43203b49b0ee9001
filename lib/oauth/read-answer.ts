import { OAuthServiceError } from "./oauth-error";
import { isJsonObject, parseBody, type JsonObject } from "./parse-body";
import { isRefusal, readRefusal } from "./read-error";
import { plainWords } from "./service-words";
import type { DeadTokenAnswer } from "./types";

type Secrets = readonly (string | null | undefined)[];

/** What dead tokens look like at services that do not speak RFC 6749 (a preset's fact). */
export const DEAD_TOKEN_CODE = "dead_token";

interface AnswerContext {
  host: string;
  secrets: Secrets;
  deadTokenAnswers?: readonly DeadTokenAnswer[];
}

/**
 * The JSON object that a service answered with, if it granted what was asked.
 *
 * @throws {OAuthServiceError} `error_answer`, `not_json`, `unusable_answer`; never with the body of an unreadable answer
 */
export async function readAnswer(response: Response, context: AnswerContext): Promise<JsonObject> {
  const text = await response.text();
  const body = parseBody(text, response.headers.get("content-type"));
  if (response.ok && isJsonObject(body) && !isRefusal(body)) return body;
  throw refusalOf(response, text, body, context);
}

/** The error that an answer is. */
export function refusalOf(
  response: Response,
  text: string,
  body: unknown,
  { host, secrets, deadTokenAnswers = [] }: AnswerContext,
): OAuthServiceError {
  const about = {
    httpStatus: response.status,
    retryAfterSeconds: readRetryAfter(response.headers.get("retry-after")),
  };
  const lower = text.toLowerCase();
  const dead = deadTokenAnswers.find(
    ({ status, match }) => status === response.status && lower.includes(match.toLowerCase()),
  );
  if (dead) {
    const details = {
      ...about,
      kind: "error_answer",
      code: DEAD_TOKEN_CODE,
      description: plainWords(dead.match),
    } as const;
    return new OAuthServiceError(`${host} refused: ${dead.match}.`, details);
  }
  if (isJsonObject(body) && (isRefusal(body) || !response.ok)) {
    const { code, description } = readRefusal(body, secrets);
    const said = [code, description].filter((part) => part !== null).join(": ");
    const message =
      said === ""
        ? `${host} refused with HTTP ${response.status} and said no more.`
        : `${host} refused${response.status >= 500 ? ` with HTTP ${response.status}` : ""}: ${said}`;
    return new OAuthServiceError(message, { ...about, kind: "error_answer", code, description });
  }
  if (body === undefined) {
    const what = text.trim() === "" ? "an empty body" : "a body that is not JSON";
    // A service in trouble answers with a gateway's page, whatever the URL.
    const advice = response.status >= 500 || response.status === 429 ? "" : " Check the URL.";
    const message = `${host} answered with HTTP ${response.status} and ${what}.${advice}`;
    return new OAuthServiceError(message, { ...about, kind: "not_json" });
  }
  if (!response.ok) {
    const description = plainWords(body, secrets);
    const message = `${host} refused with HTTP ${response.status}${description === null ? "" : `: ${description}`}`;
    return new OAuthServiceError(message, { ...about, kind: "error_answer", description });
  }
  return unusableAnswer(host, about.httpStatus);
}

export function unusableAnswer(host: string, httpStatus: number): OAuthServiceError {
  const message = `${host} answered without an access token. Check that the Token URL is the service's token endpoint.`;
  return new OAuthServiceError(message, { kind: "unusable_answer", httpStatus });
}

/** `Retry-After` (RFC 9110 10.2.3) in seconds; a date counts from now. Nothing over a day is believed. */
export function readRetryAfter(value: string | null, now: Date = new Date()): number | null {
  if (value === null) return null;
  const text = value.trim();
  const seconds = /^\d{1,10}$/.test(text) ? Number(text) : (Date.parse(text) - now.getTime()) / 1_000;
  return Number.isFinite(seconds) ? Math.min(Math.max(0, Math.ceil(seconds)), 86_400) : null;
}
