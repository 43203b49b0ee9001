import { plainWords } from "./service-words";

/** Why the service sent the browser back without a code (RFC 6749 4.1.2.1), in its own words made plain; null when it did not say. */
export function readCallbackError(
  params: URLSearchParams,
): { error: string; description: string | null } | null {
  const error = plainWords(params.get("error"));
  if (error === null) return null;
  const words = params.get("error_description") ?? params.get("error_message") ?? params.get("error_reason");
  return { error, description: plainWords(words, [params.get("state"), params.get("code")]) };
}
