import { describeTrouble, nextAttemptAt, type Viewer } from "@/lib/health/rules";
import type { Connection, HeldGrant, OAuthClient } from "@/lib/db/generated/client";
import type { ConnectionView } from "@/lib/integrations/schema";

function iso(date: Date | null | undefined): string | null {
  return date?.toISOString() ?? null;
}

type ConnectionRow = Connection & {
  heldGrant: HeldGrant | null;
  mapping?: { entityId: string | null } | null;
};

/** What screens show of a connection. Reads only columns that hold no secret. */
export function connectionView(
  row: ConnectionRow | null,
  client: Pick<OAuthClient, "flowType" | "errorCode" | "probeAt"> | null,
  viewer: Viewer,
  waitingUntil: Date | null,
  now: Date,
): ConnectionView {
  const held = row?.heldGrant && row.heldGrant.expiresAt > now ? row.heldGrant : null;
  const nextTryAt = row && nextAttemptAt({ ...row, client });
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
    isRefreshing: Boolean(row?.leaseUntil && row.leaseUntil > now),
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
