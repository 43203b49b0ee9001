import type { ApiKeyPermission } from "@/lib/auth/actor";
import type { ApiKeySummary } from "./schema.ts";

/** What each permission allows, in one line beside its checkbox. Nothing runs workflows yet, so the form does not offer it. */
export const PERMISSION_EXPLANATIONS: Record<Exclude<ApiKeyPermission, "workflows:execute">, string> = {
  "integrations:read": "Read integrations and their configuration. Secrets and tokens are left out.",
  "credentials:read": "Read them with secrets and access tokens. Scripts that call a service need this.",
  "mappings:write": "Map organizations to integrations and set their overrides.",
};

/** What a key's dates make of it at a moment. */
export function apiKeyStatus(
  dates: { revokedAt: Date | null; expiresAt: Date | null },
  now: Date,
): ApiKeySummary["status"] {
  if (dates.revokedAt !== null) return "revoked";
  return dates.expiresAt !== null && dates.expiresAt <= now ? "expired" : "active";
}

/** The part of a key that may be shown for ever. */
export function visiblePrefix(key: string): string {
  return key.slice(0, 8);
}

const DAY_MS = 86_400_000;

/** When a key made now expires; null days: never. */
export function expiryAfterDays(now: Date, days: number | null): Date | null {
  return days === null ? null : new Date(now.getTime() + days * DAY_MS);
}
