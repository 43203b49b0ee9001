import { describeTrouble, isUnderWay, nextAttemptAt, type Viewer } from "@/lib/health/rules";
import type { Connection, HeldGrant, Integration, OAuthClient } from "@/lib/db/generated/client";
import type { ConnectionView } from "@/lib/integrations/schema";
import { heldByDoubtUntil } from "@/lib/refresh/rules";
import { graceSecondsOf } from "./resolve-client";

function iso(date: Date | null | undefined): string | null {
  return date?.toISOString() ?? null;
}

type ConnectionRow = Connection & {
  heldGrant: HeldGrant | null;
  mapping?: { entityId: string | null } | null;
};

type IntegrationRow = Pick<Integration, "presetId"> & {
  oauthClient: Pick<
    OAuthClient,
    "flowType" | "errorCode" | "probeAt" | "unansweredPolicy" | "refreshTokensReusable"
  > | null;
};

/** What screens show of a connection. Reads only columns that hold no secret. */
export function connectionView(
  row: ConnectionRow | null,
  integration: IntegrationRow,
  viewer: Viewer,
  waitingUntil: Date | null,
  now: Date,
): ConnectionView {
  const held = row?.heldGrant && row.heldGrant.expiresAt > now ? row.heldGrant : null;
  const client = integration.oauthClient;
  const isRefreshing = isUnderWay(row?.leaseUntil, now);
  const heldUntil = row && !isRefreshing ? heldUntilOf(row, integration, now) : null;
  const scheduledAt = row && nextAttemptAt({ ...row, client });
  const nextTryAt = scheduledAt && heldUntil && heldUntil > scheduledAt ? heldUntil : scheduledAt;
  const hasAccount = row !== null && (row.accountSubject ?? row.accountLabel ?? row.accountTenant) !== null;
  return {
    id: row?.id ?? null,
    status: row?.status ?? "not_connected",
    waitingUntil: iso(waitingUntil),
    error: row?.errorCode
      ? describeTrouble(
          {
            code: row.errorCode,
            message: row.errorMessage,
            since: row.errorSince,
            nextTryAt,
            isDerived: row.kind === "derived",
            isHeld: heldUntil !== null,
            isRefreshing,
          },
          row.status,
          viewer,
        )
      : null,
    connectError:
      row?.connectErrorCode && row.connectErrorAt
        ? {
            code: row.connectErrorCode,
            message: viewer.isOutsider
              ? "Why is told to the provider's people alone."
              : (row.connectErrorMessage ?? row.connectErrorCode),
            at: row.connectErrorAt.toISOString(),
          }
        : null,
    account: hasAccount
      ? { subject: row.accountSubject, label: row.accountLabel, tenant: row.accountTenant }
      : null,
    connectedAt: iso(row?.connectedAt),
    connectedBy: row?.connectedBy ?? null,
    disconnectedAt: iso(row?.disconnectedAt),
    requestedScopes: row?.requestedScopes ?? [],
    grantedScopes: row?.grantedScopes ?? [],
    hasAccessToken: Boolean(row?.accessToken),
    hasRefreshToken: Boolean(row?.refreshToken),
    comesByItself: row?.kind === "derived" || client?.flowType === "client_credentials",
    // A token that comes by itself is awaited from this time on: nothing expires yet.
    expiresAt: row?.accessToken ? iso(row.expiresAt) : null,
    refreshTokenExpiresAt: iso(row?.refreshTokenExpiresAt),
    lastRefreshAt: iso(row?.lastRefreshAt),
    isRefreshing,
    refreshHeldUntil: iso(heldUntil),
    nextRefreshAt: iso(nextTryAt),
    entityId: row?.entityId ?? null,
    tokenOrigin: row?.tokenOrigin ?? null,
    heldGrant: held
      ? {
          reason: held.reason === "tenant_mismatch" ? "tenant_mismatch" : "account_changed",
          account: { subject: held.accountSubject, label: held.accountLabel, tenant: held.accountTenant },
          expectedTenant: row?.mapping?.entityId ?? row?.accountTenant ?? null,
          heldAt: held.createdAt.toISOString(),
          expiresAt: held.expiresAt.toISOString(),
        }
      : null,
  };
}

/** Until when pressing the button would be refused, for the sake of the access token. */
function heldUntilOf(row: Connection, { presetId, oauthClient }: IntegrationRow, now: Date): Date | null {
  if (!oauthClient || (row.status !== "active" && row.status !== "degraded")) return null;
  const isDerived = row.kind === "derived";
  const refreshTokenGraceSeconds = graceSecondsOf(presetId);
  return heldByDoubtUntil({ ...row, ...oauthClient, isDerived, refreshTokenGraceSeconds }, now);
}
