import { flawOf, listPlaceholders, PLACEHOLDER, valueOf, type TemplateValues } from "./templates";

export type ResolvedParams =
  { ok: true; params: Record<string, string> } | { ok: false; placeholder: string; message: string };

/**
 * Authorization request parameters that an admin's extra ones may not set: ours, and those that would change where or how
 * the answer comes back (`response_mode`) or replace ours wholesale (RFC 9101).
 */
export const RESERVED_AUTHORIZATION_PARAMS: ReadonlySet<string> = new Set([
  "response_type",
  "response_mode",
  "client_id",
  "client_secret",
  "redirect_uri",
  "scope",
  "state",
  "audience",
  "code_challenge",
  "code_challenge_method",
  "request",
  "request_uri",
]);

/** Token request parameters that an admin's extra ones may not set. */
export const RESERVED_TOKEN_PARAMS: ReadonlySet<string> = new Set([
  "grant_type",
  "client_id",
  "client_secret",
  "client_assertion",
  "client_assertion_type",
  "code",
  "code_verifier",
  "redirect_uri",
  "refresh_token",
  "scope",
  "audience",
]);

/** The extra parameters without the reserved ones, in any case: some services read names case-insensitively. */
export function withoutReserved(
  params: Record<string, string>,
  reserved: ReadonlySet<string>,
): Record<string, string> {
  return Object.fromEntries(Object.entries(params).filter(([name]) => !reserved.has(name.toLowerCase())));
}

/** Puts values into extra parameters; they are encoded where the request is built. */
export function resolveParams(params: Record<string, string>, values: TemplateValues): ResolvedParams {
  const resolved: [string, string][] = [];
  for (const [key, template] of Object.entries(params)) {
    for (const name of listPlaceholders(template)) {
      const flaw = flawOf(name, values);
      if (flaw) return { ok: false, placeholder: name, message: flaw.message };
    }
    resolved.push([key, template.replace(PLACEHOLDER, (_, name: string) => valueOf(values, name))]);
  }
  return { ok: true, params: Object.fromEntries(resolved) };
}
