import { z } from "zod";

const day = z.iso
  .date()
  // Dates of PostgreSQL's have no year 0.
  .refine((value) => !value.startsWith("0000"))
  .optional()
  .catch(undefined);
const text = z
  .string()
  .trim()
  .max(320)
  // NUL cannot stand in a text of PostgreSQL's.
  .refine((value) => !value.includes("\0"))
  .catch("")
  .default("");

/** The screen's state, as it stands in the URL. Made-up values fall back to no filter. */
export const auditFilterSchema = z.object({
  /** Part of an email address or of an API key's name; `system`, `operator`; or an actor's id. */
  who: text,
  action: z
    .string()
    .regex(/^[a-z_]{1,40}(\.[a-z_]{1,40})?$/)
    .optional()
    .catch(undefined),
  /** A target's exact name, its id, or `type:id`. */
  target: text,
  organization: z.uuid().optional().catch(undefined),
  /** Days in UTC, both included. */
  from: day,
  to: day,
});
export type AuditFilter = z.output<typeof auditFilterSchema>;

/** A place in the log: the entry that the next page begins after. */
export interface AuditPlace {
  occurredAt: Date;
  id: string;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Whether a text is an id, before the database sees it. */
export function isUuid(value: string): boolean {
  return UUID.test(value);
}

export function writeAuditCursor({ occurredAt, id }: AuditPlace): string {
  return `${occurredAt.getTime().toString(36)}.${id}`;
}

/** Reads a cursor; null for one that was made up, and then the list starts at its head. */
export function readAuditCursor(cursor: string | undefined): AuditPlace | null {
  const [time = "", id = ""] = cursor?.split(".") ?? [];
  if (!/^[0-9a-z]{1,9}$/.test(time) || !isUuid(id)) return null;
  const place = { occurredAt: new Date(Number.parseInt(time, 36)), id };
  return writeAuditCursor(place) === cursor ? place : null;
}
