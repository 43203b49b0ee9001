import { resolveParams } from "./params";
import { listPlaceholders, resolveUrlTemplate } from "./templates";

/** What of an OAuth client decides whose token comes. */
export interface GrantTemplates {
  flowType: "authorization_code" | "client_credentials";
  authorizationUrl: string | null;
  /** Extra parameters, texts by their name. */
  authorizationParams: unknown;
  tokenUrl: string;
  tokenParams: unknown;
}

/**
 * The place of a grant: what a token is asked for with, and before it the consent. A token of one place must not be refreshed
 * at another, nor be taken for the other's.
 */
export interface GrantPlace {
  client: GrantTemplates;
  values: Record<string, string | null>;
  /** Hosts that a platform admin listed: there a value may be the whole host. */
  apiHosts: string[];
}

/** The names of the values that say which place it is. */
export function listGrantNames(client: GrantTemplates): string[] {
  const asked = client.flowType === "authorization_code" ? namesIn(...consentTexts(client)) : [];
  return [...new Set([...tokenNames(client), ...asked])];
}

/** Whether a token, or its refresh, would be asked for at another place or with other parameters. */
export function isTokenMoved(before: GrantPlace, after: GrantPlace): boolean {
  return JSON.stringify(tokenPlace(before)) !== JSON.stringify(tokenPlace(after));
}

/** The same, but not by an edit of the texts alone: no value in them is another, so that nobody moves to another customer. */
export function isTokenMovedByValues(before: GrantPlace, after: GrantPlace): boolean {
  const used = ({ client, values }: GrantPlace) =>
    JSON.stringify(
      tokenNames(client)
        .toSorted()
        .map((name) => [name, values[name] ?? null]),
    );
  return used(before) !== used(after) && isTokenMoved(before, after);
}

/** Whether other values would have asked for another consent. An edit of the texts asks nobody for another customer's. */
export function isConsentMoved({ client, apiHosts, values }: GrantPlace, after: GrantPlace): boolean {
  if (client.flowType !== "authorization_code") return false;
  const asked = (by: GrantPlace["values"]) => [
    client.authorizationUrl && resolveUrlTemplate(client.authorizationUrl, by, hostsOf(apiHosts)),
    resolveParams(client.authorizationParams as Record<string, string>, by),
  ];
  return JSON.stringify(asked(values)) !== JSON.stringify(asked(after.values));
}

/** Whether everything that a token is asked for with has its values. */
export function isTokenPlaceWhole(place: GrantPlace): boolean {
  const { url, params } = tokenPlace(place);
  return url.ok && params.ok;
}

/** Null where a value is missing or cannot stand in the Token URL. */
export function tokenOriginOf(place: GrantPlace): string | null {
  const { url } = tokenPlace(place);
  return url.ok ? new URL(url.url).origin : null;
}

/** Why a token of the one place is none of the other, as a sentence; `whose` stands before "Token URL". */
export function describeMove(before: GrantPlace, after: GrantPlace, whose: string): string {
  const [then, now] = [tokenPlace(before), tokenPlace(after)];
  const isUrl = JSON.stringify(then.url) !== JSON.stringify(now.url);
  if (isUrl) return `${whose} Token URL ${now.url.ok ? `now leads to ${now.url.url}` : "now lacks a value"}.`;
  if (!now.params.ok) return `${whose} extra token parameters now lack a value.`;
  if (isTokenMoved(before, after)) return `${whose} extra token parameters now ask for another token.`;
  return `${whose} values now ask the service for another consent.`;
}

function tokenPlace({ client, values, apiHosts }: GrantPlace) {
  const params = resolveParams(client.tokenParams as Record<string, string>, values);
  return {
    url: resolveUrlTemplate(client.tokenUrl, values, hostsOf(apiHosts)),
    // A form has them in another order than the database.
    params: params.ok ? { ok: true, sorted: Object.entries(params.params).toSorted() } : params,
  };
}

function tokenNames({ tokenUrl, tokenParams }: GrantTemplates): string[] {
  return namesIn(tokenUrl, ...Object.values(tokenParams as Record<string, string>));
}

function consentTexts({ authorizationUrl, authorizationParams }: GrantTemplates): string[] {
  return [authorizationUrl ?? "", ...Object.values(authorizationParams as Record<string, string>)];
}

function namesIn(...texts: string[]): string[] {
  return [...new Set(texts.flatMap(listPlaceholders))];
}

function hostsOf(allowedHostSuffixes: string[]) {
  return { allowedHostSuffixes };
}
