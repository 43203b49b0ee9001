import { ScrollText } from "lucide-react";
import type { Metadata } from "next";
import { webContext } from "@/app/context";
import { AuditFilters } from "@/components/audit/audit-filters";
import { AuditTable } from "@/components/audit/audit-table";
import type { Json } from "@/components/audit/changes";
import { ExportForm } from "@/components/audit/export-form";
import { addressOf, singleParams, type RawParams } from "@/components/patterns/list-params";
import { PageHeader } from "@/components/patterns/page-header";
import { EmptyState } from "@/components/ui/empty-state";
import { Pagination } from "@/components/ui/pagination";
import { auditFilterSchema, readAuditCursor, writeAuditCursor } from "@/lib/audit/filter";
import { listAuditEvents } from "@/lib/audit/queries";
import { isProviderContext } from "@/lib/auth/actor";
import { may } from "@/lib/auth/permissions";
import { AppError } from "@/lib/errors";
import { findOrganization } from "@/lib/organizations/queries";

export const metadata: Metadata = { title: "Audit log" };

const PAGE_SIZE = 50;

export default async function AuditPage({ searchParams }: { searchParams: Promise<RawParams> }) {
  const ctx = await webContext();
  if (!may(ctx.actor, "audit.read", ctx.actor.organizationId)) {
    return (
      <>
        <PageHeader title="Audit log" />
        <EmptyState title="Your role does not read the audit log" icon={<ScrollText />}>
          Platform admins read all of it, and an organization&apos;s admins read their own organization&apos;s
          part.
        </EmptyState>
      </>
    );
  }
  const params = singleParams(await searchParams);
  const filter = auditFilterSchema.parse(params);
  const after = readAuditCursor(params["cursor"]);
  const isProvider = isProviderContext(ctx.actor);
  const [found, chosen] = await Promise.all([
    // One more than a page tells whether there is another.
    listAuditEvents(ctx, filter, { after, limit: PAGE_SIZE + 1 }).catch(tooMany),
    filter.organization && isProvider ? findOrganization(ctx.db.prisma, filter.organization) : null,
  ]);
  const filters = <AuditFilters organizationName={isProvider ? (chosen?.name ?? "") : null} />;
  if (typeof found === "string") {
    return (
      <>
        <PageHeader title="Audit log" />
        <div className="flex flex-col gap-3">
          {filters}
          <EmptyState title="Too many people match" icon={<ScrollText />}>
            {found}
          </EmptyState>
        </div>
      </>
    );
  }
  const rows = found.slice(0, PAGE_SIZE);
  const last = found.length > PAGE_SIZE ? rows.at(-1) : undefined;
  const hrefWith = (change: Record<string, string>) => addressOf("/settings/audit", { ...filter, ...change });
  return (
    <>
      <PageHeader title="Audit log" secondary={<ExportForm filter={filter} />} />
      <div className="flex flex-col gap-3">
        {filters}
        <AuditTable
          rows={rows.map((row) => ({ ...row, before: row.before as Json, after: row.after as Json }))}
          showOrganization={isProvider}
          hrefWith={hrefWith}
        />
        {(after || last) && (
          <Pagination
            summary={after ? "Older entries" : `The ${PAGE_SIZE} newest entries`}
            previousHref={after ? hrefWith({}) : undefined}
            nextHref={last && hrefWith({ cursor: writeAuditCursor(last) })}
          />
        )}
      </div>
    </>
  );
}

/** The sentence to show in place of the table; nothing is left out without a word. */
function tooMany(error: unknown): string {
  if (error instanceof AppError && error.code === "validation_failed") return error.message;
  throw error;
}
