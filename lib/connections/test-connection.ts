import { recordAudit } from "@/lib/audit/record-audit";
import type { Ctx } from "@/lib/auth/context";
import { unseal } from "@/lib/crypto/seal";
import { AppError, fieldError } from "@/lib/errors";
import { resolveUrlTemplate } from "@/lib/oauth/templates";
import { testRequest } from "@/lib/oauth/test-request";
import { describeExchangeFailure } from "./describe-exchange-failure";
import { auditTarget, loadTarget, requireOAuth, type OAuthTarget } from "./load-target";
import { resolveClient } from "./resolve-client";
import { isExpired } from "./rules";

export interface ConnectionTest {
  ok: boolean;
  message: string;
  /** The service's HTTP status; null where it was not asked. */
  status: number | null;
  contentType: string | null;
  /** The start of the answer, tokens masked. */
  bodyStart: string | null;
}

/**
 * Asks the test URL with the default connection's token; without a test URL it only says whether the token is valid.
 * @throws AppError `integration_not_found`, `permission_denied`, `not_connected`, `validation_failed` for an unresolved URL
 */
export async function testConnection(ctx: Ctx, raw: unknown): Promise<ConnectionTest> {
  const target = await loadTarget(ctx, raw, "connections.test");
  requireOAuth(target);
  const row = target.connection;
  if (!row || row.accessToken === null) {
    throw new AppError("not_connected", "There is no token to test with. Connect the integration first.");
  }
  if (isExpired(row.expiresAt, ctx.now()))
    return verdict(false, "The token has expired. Reconnect to get a new one.");
  if (target.integration.testUrl === null) return verdict(true, validity(row.expiresAt));
  const place = { table: "Connection", id: row.id, field: "accessToken" };
  const result = await ask(ctx, target, unseal(ctx.keyring, place, row.accessToken));
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

function validity(expiresAt: Date | null): string {
  const until = expiresAt ? `is valid until ${expiresAt.toISOString()}` : "has no known expiry";
  return `The token ${until}. Set a Test URL under Advanced to ask the service itself.`;
}

async function ask(ctx: Ctx, target: OAuthTarget, token: string): Promise<ConnectionTest> {
  const { values } = resolveClient(ctx, target);
  const url = resolveUrlTemplate(target.integration.testUrl ?? "", values, {
    allowedHostSuffixes: target.integration.apiHosts,
  });
  if (!url.ok) throw fieldError("testUrl", url.message);
  try {
    const answer = await testRequest(url.url, token, { fetch: ctx.fetch });
    const ok = answer.status >= 200 && answer.status < 300;
    return {
      ok,
      message: ok ? `The service answered ${answer.status}.` : refusal(answer.status),
      status: answer.status,
      contentType: answer.contentType,
      bodyStart: answer.bodyStart.replaceAll(token, "••••••••"),
    };
  } catch (error) {
    const failure = describeExchangeFailure(error);
    if (!failure) throw error;
    return verdict(false, failure.message);
  }
}

function refusal(status: number): string {
  if (status === 401)
    return "The service refused the token (401). Reconnect, or check that the Test URL belongs to it.";
  if (status === 403)
    return "The token is good, but may not do this (403). Check the Scopes and the account's rights.";
  return `The service answered ${status}, not a success. Check the Test URL.`;
}
