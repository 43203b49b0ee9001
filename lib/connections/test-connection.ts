import { recordAudit } from "@/lib/audit/record-audit";
import { isOutsider, isProviderContext } from "@/lib/auth/actor";
import type { Ctx } from "@/lib/auth/context";
import { may } from "@/lib/auth/permissions";
import { buildTestRequest } from "./build-test-request";
import { unseal } from "@/lib/crypto/seal";
import type { Connection } from "@/lib/db/generated/client";
import { readClock } from "@/lib/db/read-clock";
import { AppError, fieldError } from "@/lib/errors";
import type { JsonValue } from "@/lib/integrations/rules";
import { maskSecrets } from "@/lib/oauth/service-words";
import { resolveUrlTemplate } from "@/lib/oauth/templates";
import { testRequest } from "@/lib/oauth/test-request";
import { findPreset } from "@/lib/presets/list-presets";
import { describeExchangeFailure } from "./describe-exchange-failure";
import {
  describeExpired,
  describeReached,
  describeTokenAnswer,
  describeValid,
  describeValuesAnswer,
  type TestBasis,
  type TestedToken,
  type Verdict,
} from "./describe-test";
import { guardDefaultSecrets } from "./guard-default-secrets";
import { hasOriginChanged, isGrantedPlace } from "./is-granted-place";
import {
  auditTarget,
  loadTarget,
  type OAuthTarget,
  requireOAuth,
  type StoredField,
  type Target,
} from "./load-target";
import { isExpired, templateValues } from "./rules";

export interface ConnectionTest {
  ok: boolean;
  basis: TestBasis;
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

function unasked(basis: TestBasis, verdict: Verdict): ConnectionTest {
  return { ...verdict, basis, status: null, contentType: null, bodyStart: null };
}

async function testToken(ctx: Ctx, target: Target): Promise<ConnectionTest> {
  requireOAuth(target);
  const row = target.connection;
  if (!row || row.accessToken === null) {
    throw new AppError("not_connected", "There is no token to test with. Connect the integration first.");
  }
  const tested = testedToken(ctx, target, row);
  if (isExpired(row.expiresAt, await readClock(ctx.db.pool))) {
    return unasked("token", { ok: false, message: describeExpired(tested) });
  }
  const url = testUrlOf(target);
  if (url === null) return unasked("token", { ok: true, message: describeValid(row.expiresAt) });
  if (!(await maySendToken(ctx, target, row))) return unasked("token", { ok: false, message: MOVED });
  const token = unseal(
    ctx.keyring,
    { table: "Connection", id: row.id, field: "accessToken" },
    row.accessToken,
  );
  return ask(ctx, { url, credentials: token, secrets: [token], basis: "answer" }, (status) =>
    describeTokenAnswer(status, tested),
  );
}

function testedToken({ actor }: Ctx, target: OAuthTarget, row: Connection): TestedToken {
  const { integration, ownerId } = target;
  const isDerived = row.kind === "derived";
  return {
    ...row,
    isDerived,
    hasRefreshToken: row.refreshToken !== null,
    comesByItself: isDerived || integration.oauthClient.flowType === "client_credentials",
    viewer: {
      // What is made with the provider's consent, the provider alone has made anew.
      mayConnect: may(actor, "connections.connect", ownerId) && (!isDerived || isProviderContext(actor)),
      mayEdit: may(actor, "integrations.write", integration.organizationId),
      isOutsider: isOutsider(actor, isDerived ? integration.organizationId : ownerId),
    },
  };
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
    const message = `All required values are there. ${preset?.testNote ?? request.message}`;
    return unasked("values", { ok: true, message });
  }
  guardDefaultSecrets(ctx, target, preset, request.url);
  const { url, headers: credentials, secrets } = request;
  const result = preset?.auth
    ? await ask(ctx, { url, credentials, secrets, basis: "answer" }, describeValuesAnswer)
    : await ask(ctx, { url, credentials, secrets, basis: "reach" }, (status) =>
        describeReached(status, preset?.testNote ?? null),
      );
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

interface Question {
  url: string;
  credentials: string | Record<string, string>;
  /** What must be masked in the answer. */
  secrets: string[];
  basis: TestBasis;
}

async function ask(
  ctx: Ctx,
  { url, credentials, secrets, basis }: Question,
  judge: (status: number) => Verdict,
): Promise<ConnectionTest> {
  try {
    const { status, contentType, bodyStart } = await testRequest(url, credentials, { fetch: ctx.fetch });
    return { ...judge(status), basis, status, contentType, bodyStart: maskSecrets(bodyStart, secrets) };
  } catch (error) {
    const failure = describeExchangeFailure(error);
    if (!failure) throw error;
    return unasked(basis, { ok: false, message: failure.message });
  }
}
