import { decodeJwt } from "jose";
import { accountFromAnswer, accountFromClaims } from "./accounts";
import { pickExtra } from "./extra";
import { isJsonObject, type JsonObject } from "./parse-body";
import type { TokenAnswer } from "./types";

/** A hundred years: whoever says more does not mean seconds. */
const MAX_LIFETIME_SECONDS = 100 * 366 * 86_400;
const MAX_LABEL_LENGTH = 500;
const MAX_SCOPES = 1_000;
const CONTROL = /\p{Cc}/u;

/** A token answer in our terms, or null when it holds no usable access token. */
export function normaliseToken(body: JsonObject): TokenAnswer | null {
  // Slack: a user's token is nested when no bot's was asked for.
  const nested = isJsonObject(body.authed_user) ? body.authed_user : {};
  const source = textOf(body.access_token) === null && textOf(nested.access_token) !== null ? nested : body;
  const accessToken = textOf(source.access_token);
  if (accessToken === null || !isHeaderSafe(accessToken)) return null;
  return {
    accessToken,
    refreshToken: refreshTokenOf(source.refresh_token),
    tokenType: labelOf(source.token_type),
    expiresInSeconds: secondsOf(source.expires_in),
    refreshTokenExpiresInSeconds:
      secondsOf(source.refresh_token_expires_in) ??
      secondsOf(source.x_refresh_token_expires_in) ??
      secondsOf(source.refresh_expires_in),
    grantedScopes: scopesOf(source.scope),
    extra: pickExtra(body),
    account: accountFromClaims(readClaims(body.id_token)) ?? accountFromAnswer(body),
  };
}

/** Seconds as a number or as a numeric text; anything else, zero included, is as good as missing. */
export function secondsOf(value: unknown): number | null {
  const isNumeric = typeof value === "string" && /^\s*\d{1,15}(\.\d+)?\s*$/.test(value);
  const seconds = typeof value === "number" ? value : isNumeric ? Number(value) : Number.NaN;
  return Number.isFinite(seconds) && seconds >= 1 && seconds <= MAX_LIFETIME_SECONDS
    ? Math.floor(seconds)
    : null;
}

/** OAuth scopes as a list, from a text with spaces or commas or from an array; null when none are named. */
export function scopesOf(value: unknown): string[] | null {
  const texts = Array.isArray(value) ? value : [value];
  const scopes = texts.flatMap((text) => (typeof text === "string" ? text.split(/[\s,]+/) : []));
  const named = [...new Set(scopes.filter((scope) => labelOf(scope) !== null))].slice(0, MAX_SCOPES);
  return named.length > 0 ? named : null;
}

/** Read for "whose account is it" alone, so nothing about it is a reason to fail. */
function readClaims(idToken: unknown): JsonObject | null {
  if (typeof idToken !== "string") return null;
  try {
    return decodeJwt(idToken);
  } catch {
    return null;
  }
}

function textOf(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

/** What cannot go back the way it came could not be presented: the refresh token that worked is kept then. */
function refreshTokenOf(value: unknown): string | null {
  const text = textOf(value);
  return text === null || text.trim() === "" || CONTROL.test(text) || !text.isWellFormed() ? null : text;
}

/** A short text that is shown and stored as it is; PostgreSQL takes no NUL, and no name has control characters. */
function labelOf(value: unknown): string | null {
  const text = textOf(value);
  return text === null || text.length > MAX_LABEL_LENGTH || CONTROL.test(text) ? null : text.toWellFormed();
}

/** A token goes into an `Authorization` header as it is (RFC 6750 2.1). */
function isHeaderSafe(token: string): boolean {
  return /^[\x21-\x7e]+$/.test(token);
}
