import type { PoolClient } from "pg";
import { uuidv7 } from "@/lib/db/id";

export interface RefreshOutcome {
  integrationId: string;
  integrationName: string;
  organizationId: string | null;
  now: Date;
  reason: string;
  outcome: string;
  code?: string;
}

/** Writes how a refresh ended, in the transaction that stores it. The platform did it; a person who asked has an entry of their own. */
export async function recordRefresh(transaction: PoolClient, entry: RefreshOutcome): Promise<void> {
  const { reason, outcome, code } = entry;
  await transaction.query({
    name: "record-refresh",
    text: `INSERT INTO "AuditEvent"
      ("id", "occurredAt", "actorType", "actorLabel", "organizationId", "action", "targetType", "targetId", "targetLabel", "after")
      VALUES ($1, $2, 'system', 'system', $3, 'connection.refresh', 'integration', $4, $5, $6)`,
    values: [
      uuidv7(),
      entry.now,
      entry.organizationId,
      entry.integrationId,
      entry.integrationName,
      JSON.stringify({ reason, outcome, ...(code ? { code } : {}) }),
    ],
  });
}

/**
 * The same of many refreshes that succeeded, as a part of the statement that stores them: `FROM` what gives, as `a`, the
 * columns `auditId`, `now`, `organizationId`, `integrationId`, `integrationName` and `reason`.
 */
export const RECORD_SUCCESSES = `INSERT INTO "AuditEvent"
      ("id", "occurredAt", "actorType", "actorLabel", "organizationId", "action", "targetType", "targetId", "targetLabel", "after")
    SELECT a."auditId", a."now", 'system', 'system', a."organizationId", 'connection.refresh', 'integration',
      a."integrationId", a."integrationName", jsonb_build_object('reason', a."reason", 'outcome', 'success')`;
