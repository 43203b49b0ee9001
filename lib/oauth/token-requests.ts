import * as client from "openid-client";
import { OAuthServiceError } from "./oauth-error";
import { RESERVED_TOKEN_PARAMS, withoutReserved } from "./params";
import { requestToken } from "./protocol";
import type { OAuthClientSettings, OAuthIo, TokenAnswer } from "./types";

export interface CodeExchange {
  /** Where the service sent the browser back to, or the parameters it added. */
  callbackUrl: URL | URLSearchParams;
  redirectUri: string;
  state: string;
  codeVerifier: string | null;
}

/**
 * Turns the code of a callback into tokens (RFC 6749 4.1.3). An `iss` that is not the configured issuer refuses it; without a
 * configured issuer `iss` says nothing and is dropped (unique redirect URIs defend against mix-up, RFC 9700 4.4).
 *
 * @throws {OAuthServiceError}
 */
export async function exchangeCode(
  settings: OAuthClientSettings,
  exchange: CodeExchange,
  io: OAuthIo,
): Promise<TokenAnswer> {
  const params =
    exchange.callbackUrl instanceof URL ? exchange.callbackUrl.searchParams : exchange.callbackUrl;
  const code = requireCode(params, settings);
  const currentUrl = new URL(exchange.redirectUri);
  currentUrl.search = new URLSearchParams({ code, state: params.get("state") ?? "" }).toString();
  const checks = { expectedState: exchange.state, pkceCodeVerifier: exchange.codeVerifier ?? undefined };
  const answer = await requestToken(settings, io, [code, exchange.codeVerifier, exchange.state], (config) =>
    client.authorizationCodeGrant(config, currentUrl, checks, extraTokenParams(settings)),
  );
  return withRealm(answer, params.get("realmId"));
}

/**
 * Client credentials grant (RFC 6749 4.4).
 *
 * @throws {OAuthServiceError}
 */
export function requestClientCredentials(settings: OAuthClientSettings, io: OAuthIo): Promise<TokenAnswer> {
  const params = { ...extraTokenParams(settings), ...scopeParam(settings), ...audienceParam(settings) };
  return requestToken(settings, io, [], (config) => client.clientCredentialsGrant(config, params));
}

/**
 * Refresh token grant (RFC 6749 6), sent once. A missing refresh token in the answer means that the old one lives on.
 *
 * @throws {OAuthServiceError}
 */
export function refreshTokens(
  settings: OAuthClientSettings,
  refreshToken: string,
  io: OAuthIo,
): Promise<TokenAnswer> {
  const params = {
    ...extraTokenParams(settings),
    ...(settings.sendScopeOnRefresh ? scopeParam(settings) : {}),
  };
  return requestToken(settings, io, [refreshToken], (config) =>
    client.refreshTokenGrant(config, refreshToken, params),
  );
}

export function scopeParam(settings: OAuthClientSettings): Record<string, string> {
  const scope = settings.scopes.join(settings.scopeSeparator ?? " ");
  return scope === "" ? {} : { scope };
}

export function audienceParam(settings: OAuthClientSettings): Record<string, string> {
  return settings.audience ? { audience: settings.audience } : {};
}

function extraTokenParams(settings: OAuthClientSettings): Record<string, string> {
  return withoutReserved(settings.tokenParams, RESERVED_TOKEN_PARAMS);
}

function requireCode(params: URLSearchParams, settings: OAuthClientSettings): string {
  const [code, ...more] = params.getAll("code");
  if (!code || more.length > 0 || params.getAll("state").length > 1) {
    throw refusedCallback("The service came back without a usable code. Start again with Connect.");
  }
  if (settings.issuer !== null && params.getAll("iss").some((iss) => iss !== settings.issuer)) {
    throw refusedCallback(
      "The answer came from another authorization server than the Issuer in the OAuth settings. Start again with Connect.",
    );
  }
  return code;
}

function refusedCallback(message: string): OAuthServiceError {
  return new OAuthServiceError(message, { kind: "unusable_answer" });
}

/** QuickBooks names the company in the callback and nowhere else. */
function withRealm(answer: TokenAnswer, realmId: string | null): TokenAnswer {
  if (realmId === null || !/^[\w-]{1,64}$/.test(realmId)) return answer;
  const account = answer.account ?? { subject: null, label: null, tenant: null };
  return {
    ...answer,
    extra: { ...answer.extra, realmId },
    account: { ...account, tenant: account.tenant ?? realmId },
  };
}
