import { recordAudit } from "@/lib/audit/record-audit";
import { isProviderContext } from "@/lib/auth/actor";
import type { Ctx } from "@/lib/auth/context";
import { buildTestRequest } from "./build-test-request";
import { unseal } from "@/lib/crypto/seal";
import type { Connection } from "@/lib/db/generated/client";
import { AppError, fieldError } from "@/lib/errors";
import type { JsonValue } from "@/lib/integrations/rules";
import { maskSecrets } from "@/lib/oauth/service-words";
import { resolveUrlTemplate } from "@/lib/oauth/templates";
import { testRequest } from "@/lib/oauth/test-request";
import { findPreset } from "@/lib/presets/list-presets";
import { describeExchangeFailure } from "./describe-exchange-failure";
import { guardDefaultSecrets } from "./guard-default-secrets";
import { hasOriginChanged, isGrantedPlace } from "./is-granted-place";
import { auditTarget, loadTarget, requireOAuth, type StoredField, type Target } from "./load-target";
import { isExpired, templateValues } from "./rules";

export interface ConnectionTest {
  ok: boolean;
  message: string;
  /** The service's HTTP status; null where it was not asked. */
  status: number | null;
  contentType: string | null;
  /** The start of the answer, secrets masked; null for a reader whom it is not for. */
  bodyStart: string | null;
}

/**
 * Asks the service whether what is stored works: the test URL with the connection's token, or without OAuth with the
 * values of the config fields. Where there is nothing to ask, it says only what is known here.
 * @throws AppError `integration_not_found`, `permission_denied` (also where overrides lead a default secret elsewhere), `not_connected`, `validation_failed` for what has no
 * value or makes no URL
 */
export async function testConnection(ctx: Ctx, raw: unknown): Promise<ConnectionTest> {
  const target = await loadTarget(ctx, raw, "connections.test");
  const result = target.integration.oauthClient
    ? await testToken(ctx, target)
    : await testValues(ctx, target);
  if (result.status === null) return result;
  await ctx.db.prisma.$transaction((tx) =>
    recordAudit(tx, ctx.actor, ctx.now(), {
      action: "connection.test",
      ...auditTarget(target),
      after: { ok: result.ok, status: result.status },
    }),
  );
  return result;
}

function verdict(ok: boolean, message: string): ConnectionTest {
  return { ok, message, status: null, contentType: null, bodyStart: null };
}

async function testToken(ctx: Ctx, target: Target): Promise<ConnectionTest> {
  requireOAuth(target);
  const row = target.connection;
  if (!row || row.accessToken === null) {
    throw new AppError("not_connected", "There is no token to test with. Connect the integration first.");
  }
  if (isExpired(row.expiresAt, ctx.now())) {
    return verdict(false, "The token has expired. Reconnect to get a new one.");
  }
  const url = testUrlOf(target);
  if (url === null) return verdict(true, validity(row.expiresAt));
  if (!(await maySendToken(ctx, target, row))) return verdict(false, MOVED);
  const token = unseal(
    ctx.keyring,
    { table: "Connection", id: row.id, field: "accessToken" },
    row.accessToken,
  );
  return ask(ctx, url, token, [token]);
}

const MOVED =
  "The URLs or values have changed since this token was made, so it was not sent to the Test URL. Reconnect first.";

async function maySendToken(ctx: Ctx, target: Target, row: Connection): Promise<boolean> {
  const { integration } = target;
  const isOtherTokenUrl = row.status === "reconnect_required" && row.errorCode === "token_url_changed";
  if (isOtherTokenUrl || !isGrantedPlace(target, row, integration.testUrl ?? "")) return false;
  if (row.kind !== "derived") return true;
  // Where it was derived anew in vain, its own reason is another one by now.
  const parent = await ctx.db.prisma.connection.findFirst({
    where: { integrationId: integration.id, mappingId: null },
    select: { status: true, errorCode: true },
  });
  return parent === null || !hasOriginChanged(parent);
}

function validity(expiresAt: Date | null): string {
  const until = expiresAt ? `is valid until ${expiresAt.toISOString()}` : "has no known expiry";
  return `The token ${until}. Set a Test URL under Advanced to ask the service itself.`;
}

function testUrlOf({ integration, entityId, fields }: Target): string | null {
  if (integration.testUrl === null) return null;
  const url = resolveUrlTemplate(integration.testUrl, templateValues(entityId, fields), {
    allowedHostSuffixes: integration.apiHosts,
  });
  if (!url.ok) throw fieldError("testUrl", url.message);
  return url.url;
}

async function testValues(ctx: Ctx, target: Target): Promise<ConnectionTest> {
  const preset = findPreset(target.integration.presetId);
  const request = buildTestRequest({
    auth: preset?.auth ?? null,
    testUrl: testUrlOf(target),
    testPath: preset?.testPath ?? null,
    fields: target.fields.map((field) => ({ ...field, value: openValue(ctx, field) })),
  });
  if (!request.ok) {
    if (request.path !== "") throw fieldError(request.path, request.message);
    return verdict(true, `All required values are there. ${request.message}`);
  }
  guardDefaultSecrets(ctx, target, preset, request.url);
  const result = await ask(ctx, request.url, request.headers, request.secrets);
  return mayReadAnswer(ctx, target) ? result : { ...result, bodyStart: null };
}

function openValue(ctx: Ctx, { sealed, value }: StoredField): JsonValue | undefined {
  if (sealed)
    return unseal(ctx.keyring, { table: "ConfigValue", id: sealed.id, field: "value" }, sealed.text);
  return value === null ? undefined : (value as JsonValue);
}

/** What the provider's own key can see at the service is not for an organization that borrows it. */
function mayReadAnswer(ctx: Ctx, { integration, fields, mapping }: Target): boolean {
  if (isProviderContext(ctx.actor)) return true;
  const isOwner = integration.organizationId !== null && mapping === null;
  return isOwner || fields.every((field) => field.sealed === null || field.isOverride);
}

async function ask(
  ctx: Ctx,
  url: string,
  credentials: string | Record<string, string>,
  secrets: string[],
): Promise<ConnectionTest> {
  try {
    const answer = await testRequest(url, credentials, { fetch: ctx.fetch });
    const ok = answer.status >= 200 && answer.status < 300;
    return {
      ok,
      message: ok
        ? `The service answered ${answer.status}.`
        : refusal(answer.status, typeof credentials === "string"),
      status: answer.status,
      contentType: answer.contentType,
      bodyStart: maskSecrets(answer.bodyStart, secrets),
    };
  } catch (error) {
    const failure = describeExchangeFailure(error);
    if (!failure) throw error;
    return verdict(false, failure.message);
  }
}

function refusal(status: number, isToken: boolean): string {
  if (status === 401) {
    return isToken
      ? "The service did not accept the token (401). Reconnect, or check the Test URL."
      : "The service did not accept what it was given (401). Check the values and the Test URL.";
  }
  if (status === 403) {
    return `The service knows who asks, but refuses this (403). Check ${isToken ? "the Scopes and the account's rights" : "what the key may do"}.`;
  }
  return `The service answered ${status}, not a success. Check the Test URL.`;
}
