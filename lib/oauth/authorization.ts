import * as client from "openid-client";
import { OAuthServiceError } from "./oauth-error";
import { RESERVED_AUTHORIZATION_PARAMS, withoutReserved } from "./params";
import { configurationOf } from "./protocol";
import { audienceParam, scopeParam } from "./token-requests";
import type { OAuthClientSettings } from "./types";

/**
 * Where to send the browser (RFC 6749 4.1.1): the authorization URL with its own query string, the admin's extra parameters and
 * ours, ours last and only once. Without a code verifier there is no PKCE; a public client may not do without.
 *
 * @throws {OAuthServiceError} `unsent` when the settings do not allow it
 */
export async function buildAuthorizationUrl(
  settings: OAuthClientSettings,
  request: { redirectUri: string; state: string; codeVerifier: string | null },
): Promise<string> {
  if (settings.authorizationUrl === null) {
    throw new OAuthServiceError("The OAuth settings have no Authorization URL. Enter it.", {
      kind: "unsent",
    });
  }
  if (settings.tokenEndpointAuthMethod === "none" && request.codeVerifier === null) {
    const message = "An OAuth client without a secret needs PKCE. Switch it on in the OAuth settings.";
    throw new OAuthServiceError(message, { kind: "unsent" });
  }
  const ours = {
    response_type: "code",
    client_id: settings.clientId,
    redirect_uri: request.redirectUri,
    ...scopeParam(settings),
    state: request.state,
    ...audienceParam(settings),
    ...(request.codeVerifier === null ? {} : await challengeOf(request.codeVerifier)),
  };
  const extra = withoutReserved(settings.authorizationParams, RESERVED_AUTHORIZATION_PARAMS);
  const params = { ...extra, ...ours };
  const foreign = RESERVED_AUTHORIZATION_PARAMS.difference(MAY_STAND_IN_URL);
  const base = withoutNames(settings.authorizationUrl, new Set([...foreign, ...Object.keys(params)]));
  const config = configurationOf({ ...settings, authorizationUrl: base }, client.None());
  const url = client.buildAuthorizationUrl(config, params);
  // Some services read a plus as a plus.
  url.search = url.search.replaceAll("+", "%20");
  url.hash = "";
  return url.href;
}

async function challengeOf(codeVerifier: string): Promise<Record<string, string>> {
  return {
    code_challenge: await client.calculatePKCECodeChallenge(codeVerifier),
    code_challenge_method: "S256",
  };
}

/** What an admin may write into the Authorization URL instead of its own field: it stays where the field is blank. */
const MAY_STAND_IN_URL: ReadonlySet<string> = new Set(["scope", "audience"]);

/** The URL without the query parameters that would then be there twice. */
function withoutNames(url: string, names: ReadonlySet<string>): string {
  const stripped = new URL(url);
  for (const name of Array.from(stripped.searchParams.keys())) {
    if (names.has(name) || names.has(name.toLowerCase())) stripped.searchParams.delete(name);
  }
  return stripped.href;
}
