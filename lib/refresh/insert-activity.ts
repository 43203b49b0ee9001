import type { Pool, PoolClient } from "pg";
import { uuidv7 } from "@/lib/db/id";
import type { OAuthErrorClass } from "@/lib/oauth/classify-error";
import type { RefreshReason } from "./rules";

export interface Activity {
  row: { id: string; integrationId: string };
  attempt: number;
  reason: RefreshReason;
  outcome: "success" | "unsent" | "superseded" | OAuthErrorClass;
  durationMs: number;
  code?: string;
  /** Secrets masked already. */
  message?: string;
}

/** Writes what the Activity tab shows of one attempt; nothing where the connection was deleted meanwhile. */
export async function insertActivity(db: Pool | PoolClient, activity: Activity): Promise<void> {
  const { row, attempt, reason, outcome, durationMs, code, message } = activity;
  await db.query({
    name: "insert-activity",
    text: `INSERT INTO "ConnectionActivity"
      ("id", "connectionId", "integrationId", "attempt", "reason", "outcome", "durationMs", "code", "message")
      SELECT $1::uuid, c."id", c."integrationId", $4::int, $5, $6, $7::int, $8, $9 FROM "Connection" c
      WHERE c."id" = $2 AND c."integrationId" = $3 FOR KEY SHARE`,
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
