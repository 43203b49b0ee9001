import type { Pool } from "pg";
import { SLEEPS } from "./queries";
import { dueAt } from "./rules";

interface Notes {
  hour: number;
  /** Noted this hour, written or about to be. */
  noted: Set<string>;
  waiting: string[];
  timer: NodeJS.Timeout | null;
}

const HOUR_MS = 3_600_000;
/** Reads of this long are written together. */
const GATHER_MS = 1_000;
const MOST_NOTED = 200_000;
const notes = new WeakMap<Pool, Notes>();

/**
 * Remembers that somebody reads a connection's token, which keeps it from falling asleep and wakes it: once for each
 * connection and hour in each process, in one statement for many, and never while the reader waits. What is lost with the
 * process is noted by the next read.
 */
export function noteRead(pool: Pool, connectionId: string): void {
  const hour = Math.floor(Date.now() / HOUR_MS);
  let own = notes.get(pool);
  if (!own || own.hour !== hour || own.noted.size >= MOST_NOTED) {
    own = { hour, noted: new Set(), waiting: own?.waiting ?? [], timer: own?.timer ?? null };
    notes.set(pool, own);
  }
  if (own.noted.has(connectionId)) return;
  own.noted.add(connectionId);
  own.waiting.push(connectionId);
  if (own.timer) return;
  own.timer = setTimeout(() => void writeNotes(pool).catch(() => undefined), GATHER_MS);
  own.timer.unref();
}

// What somebody else holds is about to be stored by a refresh, and noted again within the hour at the latest.
const NOTE = `WITH noted AS MATERIALIZED (
    SELECT c."id", ${SLEEPS} AS slept FROM "Connection" c WHERE c."id" = ANY($1)
      AND (c."lastReadAt" IS NULL OR c."lastReadAt" < clock_timestamp() - interval '50 minutes') FOR UPDATE SKIP LOCKED)
  UPDATE "Connection" c SET "lastReadAt" = clock_timestamp() FROM noted, "OAuthClient" o
  WHERE c."id" = noted."id" AND o."integrationId" = c."integrationId"
  RETURNING noted.slept, c."id", c."tokenVersion", c."status", c."lastRefreshAt" AS "issuedAt", c."expiresAt",
    o."refreshMarginSeconds" AS "marginSeconds", o."refreshIntervalSeconds" AS "intervalSeconds",
    c."refreshToken" IS NOT NULL OR c."kind" = 'derived' OR o."flowType" = 'client_credentials' AS "canRefresh"`;

interface Noted {
  slept: boolean;
  id: string;
  tokenVersion: number;
  status: string;
  issuedAt: Date | null;
  expiresAt: Date | null;
  marginSeconds: number | null;
  intervalSeconds: number | null;
  canRefresh: boolean;
}

/** Writes what was noted so far; part of a clean stop, and of tests that wait for it. */
export async function writeNotes(pool: Pool): Promise<void> {
  const own = notes.get(pool);
  if (!own) return;
  if (own.timer) clearTimeout(own.timer);
  own.timer = null;
  const ids = own.waiting.splice(0);
  if (ids.length === 0) return;
  const { rows } = await pool.query<Noted>({ name: "note-reads", text: NOTE, values: [ids] });
  for (const row of rows) if (row.slept && row.status === "active" && row.canRefresh) await wake(pool, row);
}

const WAKE = `UPDATE "Connection" SET "dueAt" = least("dueAt", $3::timestamptz)
  WHERE "id" = $1 AND "tokenVersion" = $2 AND "status" = 'active'`;

/** Its next refresh is when a token that is read would have it. */
async function wake(pool: Pool, { id, tokenVersion, issuedAt, ...token }: Noted): Promise<void> {
  const due = issuedAt && dueAt({ issuedAt, ...token });
  if (due) await pool.query(WAKE, [id, tokenVersion, due]);
}
