import type { AccountView, IntegrationStatus } from "@/lib/integrations/schema";

/** What badge an integration shows: its default connection's status, or without OAuth whether its values are there. */
export function integrationStatus(facts: {
  usesOAuth: boolean;
  connectionStatus: "not_connected" | "active" | "degraded" | "reconnect_required" | null;
  missingRequired: boolean;
}): IntegrationStatus {
  if (!facts.usesOAuth) return facts.missingRequired ? "incomplete" : "configured";
  return facts.connectionStatus ?? "not_connected";
}

export interface TemplateField {
  key: string;
  type: string;
  /** The default. */
  value: unknown;
}

/**
 * The values that may stand in URLs and extra parameters: `entity_id` and each config field that is no secret.
 * A field that is not set stays in the result as null, so that the error can say so.
 */
export function templateValues(
  entityId: string | null,
  fields: readonly TemplateField[],
): Record<string, string | null> {
  const values: Record<string, string | null> = {};
  for (const { key, type, value } of fields) {
    if (type === "secret" || type === "json") continue;
    values[key] = value === null || value === undefined ? null : String(value);
  }
  values.entity_id = entityId;
  return values;
}

/**
 * Whose token a connection holds, as far as known: the tenant that the service named, else the entity it was asked for, which
 * may stand for whichever tenant consents, as Microsoft's `common` does.
 */
export function tokenEntity(connection: {
  accountTenant: string | null;
  entityId: string | null;
}): string | null {
  return connection.accountTenant ?? connection.entityId;
}

interface Account extends AccountView {
  /** Other names of the same tenant, such as its verified domains. */
  tenantNames?: readonly string[];
}

/** Both are known, and the same whatever their case. */
export function sameText(left: string | null, right: string | null): boolean {
  return left !== null && right !== null && left.trim().toLowerCase() === right.trim().toLowerCase();
}

function isNamed({ tenant, tenantNames = [] }: Account, name: string): boolean {
  return [tenant, ...tenantNames].some((each) => sameText(each, name));
}

function sameAccount(left: Account, right: Account): boolean {
  if (left.tenant !== null && right.tenant !== null && !isNamed(left, right.tenant)) return false;
  if (left.subject !== null && right.subject !== null) return sameText(left.subject, right.subject);
  if (left.label !== null && right.label !== null) return sameText(left.label, right.label);
  return true;
}

/**
 * Whether a fresh consent must wait for a person's word: it is for another tenant than the mapping's entity, or by
 * another account than before. What the service does not tell is no reason to hold.
 */
export function holdReason(facts: {
  account: Account | null;
  previous: Account | null;
  mappingEntityId: string | null;
}): "tenant_mismatch" | "account_changed" | null {
  const { account, previous, mappingEntityId } = facts;
  if (!account) return null;
  if (mappingEntityId !== null && account.tenant !== null && !isNamed(account, mappingEntityId))
    return "tenant_mismatch";
  return previous && !sameAccount(account, previous) ? "account_changed" : null;
}

/** When a token that was asked for at `requestedAt` expires; null where the service did not say. */
export function expiryAfter(requestedAt: Date, seconds: number | null): Date | null {
  return seconds === null ? null : new Date(requestedAt.getTime() + seconds * 1_000);
}

/** A token whose expiry is unknown is served until it is refused. */
export function isExpired(expiresAt: Date | null, now: Date): boolean {
  return expiresAt !== null && expiresAt.getTime() <= now.getTime();
}

/** OAuth scopes that were asked for and not granted, in the order asked. */
export function withheldScopes(requested: readonly string[], granted: readonly string[]): string[] {
  const known = new Set(granted.map((scope) => scope.toLowerCase()));
  // Services do not list the scopes that only steer the grant.
  const steering = new Set(["offline_access", "openid", "profile", "email", "offline"]);
  return requested.filter((scope) => !known.has(scope.toLowerCase()) && !steering.has(scope.toLowerCase()));
}

/**
 * The columns by which an attempt under way finds no row: what it brings from the old place must not make the connection
 * Active again, nor what it failed with hide why a person is needed. `grantId` must be a new one.
 */
export function withoutAttempt(grantId: string) {
  return { grantId, leaseUntil: null, unanswered: null };
}

/**
 * The columns of a connection without its grant. `grantId` must be a new one, so that a late answer to the grant that is
 * forgotten finds no row.
 */
export function withoutGrant(grantId: string) {
  return {
    status: "not_connected",
    errorCode: null,
    errorMessage: null,
    errorSince: null,
    connectErrorCode: null,
    connectErrorMessage: null,
    connectErrorAt: null,
    accessToken: null,
    refreshToken: null,
    extra: null,
    tokenType: null,
    expiresAt: null,
    refreshTokenExpiresAt: null,
    refreshTokenRenews: false,
    requestedScopes: [],
    grantedScopes: [],
    accountSubject: null,
    accountLabel: null,
    accountTenant: null,
    tokenOrigin: null,
    templateValues: {},
    entityId: null,
    connectedAt: null,
    connectedBy: null,
    grantId,
    unanswered: null,
    leaseUntil: null,
    nextTryAt: null,
    attemptEndedAt: null,
    forbiddenUntil: null,
    dueAt: null,
    failures: 0,
  } satisfies Record<string, unknown> & { status: "not_connected" };
}
