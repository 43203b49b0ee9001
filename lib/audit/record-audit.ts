import type { Actor } from "@/lib/auth/actor";
import type { Tx } from "@/lib/db/client";
import type { Prisma } from "@/lib/db/generated/client";

/** Every type of target there is: an id alone is looked for under each, so that it finds its index. */
export const TARGET_TYPES = [
  "integration",
  "mapping",
  "connection",
  "organization",
  "user",
  "api_key",
  "webhook",
  "audit",
  "installation",
] as const;

export interface AuditEntry {
  /** `noun.verb`, past events of one kind share it: `integration.create`, `connection.connect`. */
  action: string;
  target: { type: (typeof TARGET_TYPES)[number]; id: string | null; label: string };
  /** Whose log shows it besides the provider's; null: the provider's alone. */
  organizationId: string | null;
  /** Only what is not secret; a secret appears as `"set"`, `"changed"` or `"cleared"`. */
  before?: Prisma.InputJsonObject;
  after?: Prisma.InputJsonObject;
}

/** Writes one entry in the transaction of the change it tells of, so that neither is there without the other. */
export async function recordAudit(tx: Tx, actor: Actor, now: Date, entry: AuditEntry): Promise<void> {
  const origin = "origin" in actor ? actor.origin : { ipAddress: null, userAgent: null };
  await tx.auditEvent.create({
    data: {
      occurredAt: now,
      actorType: actor.type,
      actorId: "id" in actor ? actor.id : null,
      actorLabel: actor.label,
      organizationId: entry.organizationId,
      action: entry.action,
      targetType: entry.target.type,
      targetId: entry.target.id,
      targetLabel: entry.target.label,
      before: entry.before,
      after: entry.after,
      ipAddress: origin.ipAddress,
      userAgent: origin.userAgent?.slice(0, 300) ?? null,
    },
  });
}
