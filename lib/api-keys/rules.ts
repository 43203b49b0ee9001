import type { ApiKeySummary } from "./schema.ts";

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
