import { isJsonObject, type JsonObject } from "./parse-body";
import { plainWords } from "./service-words";

export interface ServiceRefusal {
  code: string | null;
  description: string | null;
}

const CODE_MEMBERS = ["error", "error_code", "errorCode", "code", "errcode", "status", "type"];
const WORD_MEMBERS = [
  "error_description",
  "errorDescription",
  "error_message",
  "errorMessage",
  "message",
  "error_summary",
  "detail",
  "title",
  "msg",
  "hint",
];

/** Whether an answer of whatever status is a refusal: services say so with HTTP 200 too (GitHub, Slack, Zoho). */
export function isRefusal(body: JsonObject): boolean {
  if (body.ok === false) return true;
  const { error } = body;
  return (typeof error === "string" && error !== "") || isJsonObject(error);
}

/** The service's code and words, wherever it put them, with the given secrets masked. */
export function readRefusal(
  body: JsonObject,
  secrets: readonly (string | null | undefined)[],
): ServiceRefusal {
  // Google's APIs: {"error": {"code": 401, "message": "…", "status": "UNAUTHENTICATED"}}.
  const source = isJsonObject(body.error)
    ? { ...body.error, error: body.error.status ?? body.error.type }
    : body;
  const words = WORD_MEMBERS.map((name) => source[name]).find(
    (value) => typeof value === "string" && value !== "",
  );
  const firstOfMany = Array.isArray(body.errors) ? (body.errors as unknown[])[0] : undefined;
  const fallback = isJsonObject(firstOfMany) ? (firstOfMany.message ?? firstOfMany.detail) : firstOfMany;
  return { code: readCode(source, secrets), description: plainWords(words ?? fallback, secrets) };
}

function readCode(source: JsonObject, secrets: readonly (string | null | undefined)[]): string | null {
  for (const name of CODE_MEMBERS) {
    const value = source[name];
    if (typeof value === "string" && /^[\w.:/-][\w .:/-]{0,99}$/.test(value))
      return plainWords(value, secrets);
  }
  return null;
}
