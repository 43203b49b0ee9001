import type { PoolClient } from "pg";
import { uuidv7 } from "@/lib/db/id";
import type { OAuthErrorClass } from "@/lib/oauth/classify-error";
import type { RefreshReason } from "./rules";

export interface Activity {
  row: { id: string; integrationId: string };
  attempt: number;
  reason: RefreshReason;
  outcome: "success" | "unsent" | OAuthErrorClass;
  durationMs: number;
  code?: string;
  /** Secrets masked already. */
  message?: string;
}

/** Writes what the Activity tab shows of one attempt. */
export async function insertActivity(transaction: PoolClient, activity: Activity): Promise<void> {
  const { row, attempt, reason, outcome, durationMs, code, message } = activity;
  await transaction.query({
    name: "insert-activity",
    text: `INSERT INTO "ConnectionActivity"
      ("id", "connectionId", "integrationId", "attempt", "reason", "outcome", "durationMs", "code", "message")
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    values: [
      uuidv7(),
      row.id,
      row.integrationId,
      attempt,
      reason,
      outcome,
      Math.round(durationMs),
      code?.slice(0, 100) ?? null,
      message?.slice(0, 500) ?? null,
    ],
  });
}
