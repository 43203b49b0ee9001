import * as client from "openid-client";
import { OAuthServiceError } from "./oauth-error";
import { parseBody } from "./parse-body";
import { clientSecrets, runProtocol, send } from "./protocol";
import { refusalOf } from "./read-answer";
import type { OAuthClientSettings, OAuthIo } from "./types";

export interface Revocation {
  /** The grant is dead at the service: its refresh token, or without one its access token, was revoked. */
  revoked: boolean;
  error: OAuthServiceError | null;
}

type Tokens = { accessToken: string | null; refreshToken: string | null };

/**
 * Revokes a grant's tokens (RFC 7009), the refresh token first, the client authenticated. Never throws for what the service does:
 * the tokens are forgotten here either way.
 */
export async function revokeTokens(
  settings: OAuthClientSettings,
  tokens: Tokens,
  io: OAuthIo,
): Promise<Revocation> {
  if (settings.revocationUrl === null) return { revoked: false, error: null };
  const refresh = tokens.refreshToken
    ? await revoke(settings, tokens.refreshToken, "refresh_token", io)
    : null;
  const access = tokens.accessToken ? await revoke(settings, tokens.accessToken, "access_token", io) : null;
  if (refresh) {
    // Access tokens that cannot be revoked (RFC 7009 2.2.1) end by themselves.
    const leftOver = access?.error?.code === "unsupported_token_type" ? null : (access?.error ?? null);
    return { revoked: refresh.revoked, error: refresh.error ?? leftOver };
  }
  return access ?? { revoked: false, error: null };
}

async function revoke(
  settings: OAuthClientSettings,
  token: string,
  hint: "refresh_token" | "access_token",
  io: OAuthIo,
): Promise<Revocation> {
  const secrets = [token, ...clientSecrets(settings)];
  try {
    await runProtocol(
      settings,
      (config) => client.tokenRevocation(config, token, { token_type_hint: hint }),
      secrets,
      async (url, options) => {
        const response = await send(url, options, settings, io, "form");
        if (response.ok) return new Response(null, { status: 200 });
        const text = await response.text();
        const body = parseBody(text, response.headers.get("content-type"));
        throw refusalOf(response, text, body, { host: new URL(url).host, secrets });
      },
    );
    return { revoked: true, error: null };
  } catch (error) {
    if (error instanceof OAuthServiceError) return { revoked: false, error };
    throw error;
  }
}
