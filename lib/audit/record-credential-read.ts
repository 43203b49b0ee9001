import { createHash } from "node:crypto";
import type { Pool } from "pg";
import type { Actor } from "@/lib/auth/actor";

export interface CredentialRead {
  integrationId: string;
  integrationName: string;
  organizationId: string | null;
  /** Which connection's token was given: `default` means that the fallback served. */
  source: string | null;
}

const HOUR_MS = 3_600_000;
const REMEMBERED = 10_000;
/** What this process has written this hour; another process writing the same entry meets the same primary key. */
const written = new Set<string>();

const SQL = `INSERT INTO "AuditEvent"
  (id, "occurredAt", "actorType", "actorId", "actorLabel", "organizationId", action, "targetType", "targetId", "targetLabel", after, "ipAddress", "userAgent")
  VALUES ($1, $2, $3::"ActorType", $4, $5, $6, 'credentials.read', 'integration', $7, $8, $9, $10, $11) ON CONFLICT (id) DO NOTHING`;

/**
 * Writes that secrets of an integration were read: one entry per reader, integration and hour, however many processes
 * serve the reads, because the entry's id follows from the three.
 */
export async function recordCredentialRead(
  pool: Pool,
  actor: Actor,
  now: Date,
  read: CredentialRead,
): Promise<void> {
  const actorId = "id" in actor ? actor.id : null;
  const hour = Math.floor(now.getTime() / HOUR_MS);
  const memory = `${actor.type} ${actorId} ${read.integrationId} ${hour}`;
  if (written.has(memory)) return;
  const origin = "origin" in actor ? actor.origin : { ipAddress: null, userAgent: null };
  await pool.query({
    name: "record-credential-read",
    text: SQL,
    values: [
      entryId(hour * HOUR_MS, memory),
      now,
      actor.type,
      actorId,
      actor.label,
      read.organizationId,
      read.integrationId,
      read.integrationName,
      JSON.stringify({ source: read.source }),
      origin.ipAddress,
      origin.userAgent?.slice(0, 300) ?? null,
    ],
  });
  if (written.size >= REMEMBERED) written.clear();
  written.add(memory);
}

/** A UUIDv7 (RFC 9562 5.7) whose time is the hour and whose random part is a hash, so that it is the same everywhere. */
function entryId(atMs: number, memory: string): string {
  const bytes = createHash("sha256").update(memory).digest().subarray(0, 16);
  bytes.writeUIntBE(atMs, 0, 6);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
