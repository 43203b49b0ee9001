import type { Services } from "@/lib/auth/context";
import { unseal } from "@/lib/crypto/seal";
import type { OAuthClient } from "@/lib/db/generated/client";
import { fieldError } from "@/lib/errors";
import { findPreset } from "@/lib/presets/list-presets";
import { resolveParams } from "@/lib/oauth/params";
import { resolveUrlTemplate } from "@/lib/oauth/templates";
import type { OAuthClientSettings } from "@/lib/oauth/types";
import { templateValues, type TemplateField } from "./rules";

/** An OAuth client with what stands for its placeholders. */
export interface ClientSource {
  integration: { presetId: string | null; apiHosts: string[]; oauthClient: OAuthClient };
  entityId: string | null;
  fields: readonly TemplateField[];
}

export interface ResolvedClient {
  settings: OAuthClientSettings;
  /** What stood for the placeholders: recorded with the grant. */
  values: Record<string, string | null>;
  /** Where the token request goes: nothing secret of this grant goes anywhere else. */
  tokenOrigin: string;
}

/**
 * The one resolver of an OAuth client's templates, for connect, callback, refresh and revocation.
 * @throws AppError `validation_failed` naming the placeholder that has no value, before anything secret is sent
 * @throws UnsealError when a secret cannot be opened
 */
export function resolveClient(ctx: Pick<Services, "keyring">, target: ClientSource): ResolvedClient {
  const { integration } = target;
  const client = integration.oauthClient;
  const values = templateValues(target.entityId, target.fields);
  const fill = (path: string, template: string | null) => {
    if (template === null) return null;
    const resolved = resolveUrlTemplate(template, values, { allowedHostSuffixes: integration.apiHosts });
    if (!resolved.ok) throw fieldError(path, resolved.message);
    return resolved;
  };
  const url = (path: string, template: string | null) => fill(path, template)?.url ?? null;
  const params = (path: string, json: unknown): Record<string, string> => {
    const resolved = resolveParams(json as Record<string, string>, values);
    if (!resolved.ok) throw fieldError(path, resolved.message);
    return resolved.params;
  };
  const tokenUrl = url("oauth.tokenUrl", client.tokenUrl) ?? client.tokenUrl;
  const settings: OAuthClientSettings = {
    flowType: client.flowType,
    clientId: client.clientId,
    clientSecret: openSecret(ctx, client, "clientSecret"),
    privateKey: openPrivateKey(ctx, client),
    authorizationUrl: url("oauth.authorizationUrl", client.authorizationUrl),
    tokenUrl,
    revocationUrl: url("oauth.revocationUrl", client.revocationUrl),
    identityUrl: url("oauth.identityUrl", client.identityUrl),
    // Compared letter by letter (RFC 9207, section 2.4): the URL parser would give it a slash that it does not have.
    issuer: fill("oauth.issuer", client.issuer)?.text ?? null,
    scopes: client.scopes,
    scopeSeparator: client.scopeSeparator === "," ? "," : " ",
    audience: client.audience,
    tokenEndpointAuthMethod: client.tokenEndpointAuthMethod,
    tokenRequestFormat: client.tokenRequestFormat,
    pkce: client.pkce,
    authorizationParams: params("oauth.authorizationParams", client.authorizationParams),
    tokenParams: params("oauth.tokenParams", client.tokenParams),
    sendScopeOnRefresh: client.sendScopeOnRefresh,
    deadTokenAnswers: findPreset(integration.presetId)?.deadTokenAnswers,
  };
  return { settings, values, tokenOrigin: new URL(tokenUrl).origin };
}

/** For how long the service answers a used refresh token the same way again; null where it does not, or nobody knows. */
export function graceSecondsOf(presetId: string | null): number | null {
  return findPreset(presetId)?.refreshTokenGraceSeconds ?? null;
}

/** How long a refresh token may go unused before it dies; null where it does not, or nobody knows. */
export function idleLimitSecondsOf(presetId: string | null): number | null {
  const days = findPreset(presetId)?.refreshTokenIdleDays ?? null;
  return days === null ? null : days * 86_400;
}

function openSecret(
  ctx: Pick<Services, "keyring">,
  client: OAuthClient,
  field: "clientSecret" | "privateKey",
): string | null {
  const sealed = client[field];
  return sealed === null ? null : unseal(ctx.keyring, { table: "OAuthClient", id: client.id, field }, sealed);
}

function openPrivateKey(
  ctx: Pick<Services, "keyring">,
  client: OAuthClient,
): OAuthClientSettings["privateKey"] {
  const pem = openSecret(ctx, client, "privateKey");
  return pem === null ? null : { pem, keyId: client.privateKeyId, algorithm: client.privateKeyAlgorithm };
}
