import { uuidv7 } from "@/lib/db/id";
import { recordAudit } from "@/lib/audit/record-audit";
import type { Ctx } from "@/lib/auth/context";
import { seal } from "@/lib/crypto/seal";
import type { Tx } from "@/lib/db/client";
import type { Connection } from "@/lib/db/generated/client";
import type { ServiceAccount, TokenAnswer } from "@/lib/oauth/types";
import { HEAL_CLIENT } from "./heal-client";
import { auditTarget, type Target } from "./load-target";
import { planRefresh, shorterOf } from "@/lib/refresh/rules";
import { idleLimitSecondsOf, type ResolvedClient } from "./resolve-client";
import { expiryAfter } from "./rules";

/** A consent's outcome with everything that is kept of it. */
export interface Grant {
  answer: TokenAnswer;
  account: ServiceAccount | null;
  requestedScopes: string[];
  /** When the token was asked for: its lifetime counts from here, so that a slow answer does not stretch it. */
  requestedAt: string;
  tokenOrigin: string;
  templateValues: Record<string, string | null>;
  entityId: string | null;
  connectedBy: string;
}

/** Puts together what is kept of an answer to a request made at `requestedAt` (ISO 8601). */
export function grantOf(
  ctx: Ctx,
  { entityId }: Target,
  { settings, tokenOrigin, values }: ResolvedClient,
  { answer, account, requestedAt }: Pick<Grant, "answer" | "account" | "requestedAt">,
): Grant {
  return {
    answer,
    account,
    requestedScopes: settings.scopes,
    requestedAt,
    tokenOrigin,
    templateValues: values,
    entityId,
    connectedBy: ctx.actor.label,
  };
}

/** Stores a grant in place of the one before: a new `grantId`, so that a late answer to the old one finds no row. */
export async function storeGrant(
  ctx: Ctx,
  tx: Tx,
  target: Target,
  row: Connection,
  grant: Grant,
): Promise<void> {
  const { answer } = grant;
  const requestedAt = new Date(grant.requestedAt);
  const sealed = (field: string, plain: string | null) =>
    plain === null ? null : seal(ctx.keyring, { table: "Connection", id: row.id, field }, plain);
  const attempt = row.attempt + 1;
  await tx.connection.update({
    where: { id: row.id },
    data: {
      kind: "own",
      disconnectedAt: null,
      status: "active",
      errorCode: null,
      errorMessage: null,
      errorSince: null,
      connectErrorCode: null,
      connectErrorMessage: null,
      connectErrorAt: null,
      accessToken: sealed("accessToken", answer.accessToken),
      refreshToken: sealed("refreshToken", answer.refreshToken),
      extra: sealed("extra", Object.keys(answer.extra).length === 0 ? null : JSON.stringify(answer.extra)),
      tokenType: answer.tokenType,
      expiresAt: expiryAfter(requestedAt, answer.expiresInSeconds),
      refreshTokenExpiresAt: expiryAfter(requestedAt, answer.refreshTokenExpiresInSeconds),
      refreshTokenRenews: false,
      requestedScopes: grant.requestedScopes,
      grantedScopes: answer.grantedScopes ?? grant.requestedScopes,
      accountSubject: grant.account?.subject ?? null,
      accountLabel: grant.account?.label ?? null,
      accountTenant: grant.account?.tenant ?? null,
      tokenOrigin: grant.tokenOrigin,
      templateValues: grant.templateValues,
      entityId: grant.entityId,
      connectedAt: ctx.now(),
      connectedBy: grant.connectedBy,
      grantId: uuidv7(),
      attempt,
      tokenVersion: attempt,
      unanswered: null,
      leaseUntil: null,
      nextTryAt: null,
      attemptEndedAt: null,
      forbiddenUntil: null,
      dueAt: firstDue(target, grant, requestedAt),
      failures: 0,
      lastRefreshAt: ctx.now(),
    },
  });
  if (row.mappingId === null) await renewDerived(tx, row.integrationId, grant);
  await tx.heldGrant.deleteMany({ where: { connectionId: row.id } });
  await tx.$executeRawUnsafe(HEAL_CLIENT, target.integration.id);
  await recordAudit(tx, ctx.actor, ctx.now(), {
    action: "connection.connect",
    ...auditTarget(target),
    before: {
      status: row.status,
      account: row.accountLabel,
      tenant: row.accountTenant,
      entityId: row.entityId,
      grantedScopes: row.grantedScopes,
    },
    after: {
      status: "active",
      account: grant.account?.label ?? null,
      tenant: grant.account?.tenant ?? null,
      entityId: grant.entityId,
      grantedScopes: answer.grantedScopes ?? grant.requestedScopes,
    },
  });
}

/**
 * What was derived from the default grant before goes, as the new one may be another account's, and is derived anew at
 * once. One that needed a person is not said to be mended before it is.
 */
async function renewDerived(tx: Tx, integrationId: string, { account }: Grant): Promise<void> {
  await tx.$executeRaw`
    UPDATE "Connection" SET "grantId" = ${uuidv7()}::uuid, "accessToken" = NULL, "extra" = NULL, "tokenType" = NULL,
      "status" = CASE WHEN "status" = 'active' THEN 'active' ELSE 'degraded' END::"ConnectionStatus",
      "accountSubject" = ${account?.subject ?? null}, "accountLabel" = ${account?.label ?? null},
      "expiresAt" = clock_timestamp(), "dueAt" = clock_timestamp(), "nextTryAt" = NULL, "failures" = 0,
      "attemptEndedAt" = NULL, "forbiddenUntil" = NULL, "leaseUntil" = NULL, "unanswered" = NULL,
      "updatedAt" = clock_timestamp()
    WHERE "integrationId" = ${integrationId}::uuid AND "kind" = 'derived' AND "status" <> 'not_connected'`;
}

/** When the schedule looks at the grant first: when it is due, or without anything to refresh it with, when it expires. */
function firstDue(target: Target, { answer }: Grant, issuedAt: Date): Date | null {
  const client = target.integration.oauthClient;
  const expiresAt = expiryAfter(issuedAt, answer.expiresInSeconds);
  const isClient = client?.flowType === "client_credentials";
  if (!client || (answer.refreshToken === null && !isClient)) return expiresAt;
  const idle = idleLimitSecondsOf(target.integration.presetId);
  const plan = planRefresh({
    issuedAt,
    expiresAt,
    marginSeconds: client.refreshMarginSeconds,
    intervalSeconds: client.refreshIntervalSeconds,
    comesByItself: isClient,
    idleLimitSeconds: shorterOf(answer.refreshTokenExpiresInSeconds, idle),
  });
  return plan.dueAt;
}

/** Notes a failed attempt to connect beside the tokens, which stay as they were. */
export async function storeConnectFailure(
  ctx: Ctx,
  tx: Tx,
  target: Target,
  failure: { code: string; message: string },
): Promise<void> {
  await tx.connection.updateMany({
    where: { integrationId: target.integration.id, mappingId: target.mapping?.id ?? null },
    data: {
      connectErrorCode: failure.code.slice(0, 100),
      connectErrorMessage: failure.message.slice(0, 1_000),
      connectErrorAt: ctx.now(),
    },
  });
  await recordAudit(tx, ctx.actor, ctx.now(), {
    action: "connection.connect_failed",
    ...auditTarget(target),
    after: { code: failure.code, message: failure.message },
  });
}
