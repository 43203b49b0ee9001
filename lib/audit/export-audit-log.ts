import { actorOrganizationId, isProviderContext } from "@/lib/auth/actor";
import type { Ctx } from "@/lib/auth/context";
import { requirePermission } from "@/lib/auth/permissions";
import type { AuditFilter, AuditPlace } from "./filter";
import { csvRecord } from "./csv-record";
import { type AuditActors, type AuditRow, findAuditActors, listAuditEvents } from "./queries";
import { recordAudit } from "./record-audit";

export const AUDIT_EXPORT_FORMATS = ["csv", "jsonl"] as const;
export type AuditExportFormat = (typeof AUDIT_EXPORT_FORMATS)[number];

const PAGE_SIZE = 1_000;
const FIRST_ID = "00000000-0000-0000-0000-000000000000";

const COLUMNS = [
  "id",
  "occurred_at",
  "actor_type",
  "actor_id",
  "actor",
  "organization_id",
  "organization",
  "action",
  "target_type",
  "target_id",
  "target",
  "before",
  "after",
  "ip_address",
  "user_agent",
] as const;

/**
 * Every entry that matches and was there when the export began, newest first, as text in pieces: a page is read when the
 * one before was taken, so that neither this server nor the database holds the whole. The export itself is recorded first.
 * @throws AppError `permission_denied`, or `validation_failed` where too many people match; before the first piece
 */
export async function exportAuditLog(
  ctx: Pick<Ctx, "actor" | "db" | "now">,
  filter: AuditFilter,
  format: AuditExportFormat,
): Promise<AsyncGenerator<string, void, void>> {
  const ownId = actorOrganizationId(ctx.actor);
  requirePermission(ctx.actor, "audit.read", ownId);
  const actors = await findAuditActors(ctx, filter.who);
  const now = ctx.now();
  await ctx.db.prisma.$transaction((tx) =>
    recordAudit(tx, ctx.actor, now, {
      action: "audit.export",
      target: { type: "audit", id: null, label: "Audit log" },
      organizationId: isProviderContext(ctx.actor) ? null : ownId,
      after: { format, filter: Object.fromEntries(Object.entries(filter).filter(([, value]) => value)) },
    }),
  );
  return pieces(ctx, filter, actors, format, { occurredAt: now, id: FIRST_ID });
}

async function* pieces(
  ctx: Pick<Ctx, "actor" | "db">,
  filter: AuditFilter,
  actors: AuditActors,
  format: AuditExportFormat,
  start: AuditPlace,
): AsyncGenerator<string, void, void> {
  const write = format === "csv" ? toCsv : toJsonLine;
  if (format === "csv") yield csvRecord(COLUMNS);
  let after = start;
  for (;;) {
    const rows = await listAuditEvents(ctx, filter, { after, limit: PAGE_SIZE }, actors);
    if (rows.length > 0) yield rows.map(write).join("");
    const last = rows.at(-1);
    if (!last || rows.length < PAGE_SIZE) return;
    after = last;
  }
}

function toRecord(row: AuditRow): Record<(typeof COLUMNS)[number], unknown> {
  return {
    id: row.id,
    occurred_at: row.occurredAt.toISOString(),
    actor_type: row.actorType,
    actor_id: row.actorId,
    actor: row.actorLabel,
    organization_id: row.organizationId,
    organization: row.organizationName,
    action: row.action,
    target_type: row.targetType,
    target_id: row.targetId,
    target: row.targetLabel,
    before: row.before,
    after: row.after,
    ip_address: row.ipAddress,
    user_agent: row.userAgent,
  };
}

function toJsonLine(row: AuditRow): string {
  return `${JSON.stringify(toRecord(row))}\n`;
}

function toCsv(row: AuditRow): string {
  const record = toRecord(row);
  return csvRecord(
    COLUMNS.map((column) => {
      const value = record[column];
      if (value === null || value === undefined) return "";
      return typeof value === "string" ? value : JSON.stringify(value);
    }),
  );
}
