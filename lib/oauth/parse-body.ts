export type JsonObject = Record<string, unknown>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Reads a service's answer by what it is, not by what it calls itself: JSON as `text/plain`, a form (GitHub, old Facebook), a
 * byte order mark in front. Undefined: neither.
 */
export function parseBody(text: string, contentType: string | null): unknown {
  const body = text.replace(/^\ufeff/, "").trim();
  if (body === "") return undefined;
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return parseForm(body, contentType);
  }
}

function parseForm(body: string, contentType: string | null): JsonObject | undefined {
  const saysForm = /^application\/x-www-form-urlencoded\b/i.test(contentType ?? "");
  const looksLikeForm = /^[\w.~%+-]+=[^\s<>"{}]*$/.test(body) && /(^|&)(access_token|error)=/.test(body);
  if (!looksLikeForm && !(saysForm && /^[\w.~%+-]+=/.test(body))) return undefined;
  return Object.fromEntries(new URLSearchParams(body));
}
