import * as client from "openid-client";
import { EgressError } from "@/lib/egress/egress-error";
import { clientAuthenticationOf } from "./client-authentication";
import { normaliseToken } from "./normalise-token";
import { OAuthServiceError } from "./oauth-error";
import { readAnswer, unusableAnswer } from "./read-answer";
import { plainWords } from "./service-words";
import type { OAuthClientSettings, OAuthIo, TokenAnswer } from "./types";

const TIMEOUT_MS = 30_000;

type Secrets = readonly (string | null | undefined)[];
type TokenGrant = (config: client.Configuration) => Promise<unknown>;

/**
 * Runs one grant of openid-client at the token endpoint, with the service's dialect translated on the way in and out.
 * openid-client makes and judges the request; what is returned is the whole answer, which it would not have taken as it came.
 *
 * @throws {OAuthServiceError}
 */
export async function requestToken(
  settings: OAuthClientSettings,
  io: OAuthIo,
  sentSecrets: Secrets,
  grant: TokenGrant,
): Promise<TokenAnswer> {
  const secrets = [...sentSecrets, ...clientSecrets(settings)];
  let answer: TokenAnswer | null = null;
  await runProtocol(settings, grant, secrets, async (url, options) => {
    const response = await send(url, options, settings, io, settings.tokenRequestFormat);
    const context = { host: new URL(url).host, secrets, deadTokenAnswers: settings.deadTokenAnswers };
    const body = await readAnswer(response, context);
    answer = normaliseToken(body);
    if (!answer) throw unusableAnswer(context.host, response.status);
    return Response.json(canonical(answer));
  });
  if (!answer) throw unusableAnswer(new URL(settings.tokenUrl).host, 200);
  return answer;
}

/**
 * Calls into openid-client with `fetch` in place of its own; what `fetch` throws comes out as it went in.
 *
 * @throws {OAuthServiceError}
 */
export async function runProtocol(
  settings: OAuthClientSettings,
  call: TokenGrant,
  secrets: Secrets,
  fetch: client.CustomFetch,
): Promise<void> {
  const config = configurationOf(settings, await clientAuthenticationOf(settings));
  const progress: { started: boolean; failure: { error: unknown } | null } = {
    started: false,
    failure: null,
  };
  config[client.customFetch] = async (url, options) => {
    progress.started = true;
    try {
      return await fetch(url, options);
    } catch (error) {
      progress.failure = { error };
      throw error;
    }
  };
  try {
    await call(config);
  } catch (error) {
    if (progress.failure) throw progress.failure.error;
    const words = error instanceof Error ? plainWords(error.message, secrets) : null;
    const message = `The OAuth request was refused here: ${words ?? "check the OAuth settings"}.`;
    throw new OAuthServiceError(message, {
      kind: progress.started ? "unusable_answer" : "unsent",
      cause: error,
    });
  }
}

/** One request through the egress guard, in the body format that the service takes. */
export async function send(
  url: string,
  options: client.CustomFetchOptions,
  settings: OAuthClientSettings,
  io: OAuthIo,
  format: "form" | "json",
): Promise<Response> {
  const form = options.body instanceof URLSearchParams ? options.body : new URLSearchParams();
  const isJson = format === "json";
  try {
    return await io.fetch(url, {
      method: options.method,
      headers: {
        ...options.headers,
        "user-agent": "Bifrost",
        "content-type": isJson ? "application/json" : "application/x-www-form-urlencoded",
      },
      body: isJson ? JSON.stringify(Object.fromEntries(form)) : form.toString(),
      redirect: "refuse",
      timeoutMs: io.timeoutMs ?? TIMEOUT_MS,
      beforeSend: io.beforeSend,
    });
  } catch (error) {
    throw unanswered(error);
  }
}

/** What did not come back, as the protocol sees it. Whatever is not about the network stays what it is. */
function unanswered(error: unknown): unknown {
  if (!(error instanceof EgressError)) return error;
  // A redirect or an answer too large is an answer, and no grant.
  const isAnswer = error.reason === "redirect_refused" || error.reason === "too_large";
  const kind = isAnswer ? "unusable_answer" : error.sent ? "no_answer" : "unsent";
  return new OAuthServiceError(error.message, { kind, cause: error });
}

/** The client's own secrets, for masking: also as they stand in an `Authorization` header that is echoed. */
export function clientSecrets({ clientId, clientSecret, privateKey }: OAuthClientSettings): Secrets {
  const form = (text: string) => new URLSearchParams({ s: text }).toString().slice(2);
  const pairs = clientSecret
    ? [`${clientId}:${clientSecret}`, `${form(clientId)}:${form(clientSecret)}`]
    : [];
  return [clientSecret, privateKey?.pem, ...pairs];
}

export function configurationOf(
  settings: OAuthClientSettings,
  authentication: client.ClientAuth,
): client.Configuration {
  const config = new client.Configuration(
    {
      issuer: settings.issuer ?? new URL(settings.tokenUrl).origin,
      token_endpoint: settings.tokenUrl,
      authorization_endpoint: settings.authorizationUrl ?? undefined,
      revocation_endpoint: settings.revocationUrl ?? undefined,
    },
    settings.clientId,
    {},
    authentication,
  );
  // Which hosts may be reached without TLS is the egress guard's to say.
  client.allowInsecureRequests(config);
  // So is how long it may take.
  config.timeout = undefined;
  return config;
}

/** The same answer in the dialect that openid-client takes. */
function canonical(answer: TokenAnswer): Record<string, string | number> {
  return {
    access_token: answer.accessToken,
    token_type: "bearer",
    ...(answer.refreshToken === null ? {} : { refresh_token: answer.refreshToken }),
    ...(answer.expiresInSeconds === null ? {} : { expires_in: answer.expiresInSeconds }),
  };
}
