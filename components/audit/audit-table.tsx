import Link from "next/link";
import { actionWords, wordsAboutActor } from "@/components/audit/action-words";
import { ChangeList } from "@/components/audit/change-list";
import { changesBetween, type Json } from "@/components/audit/changes";
import { describeBrowser } from "@/components/account/describe-browser";
import { type DataColumn, DataTable } from "@/components/patterns/data-table";
import { RelativeTime } from "@/components/patterns/relative-time";
import { ButtonLink } from "@/components/ui/button-link";
import { Disclosure } from "@/components/ui/disclosure";
import { EmptyState } from "@/components/ui/empty-state";

/** An entry as the screen shows it. */
export interface AuditEntryView {
  id: string;
  occurredAt: Date;
  actorType: string;
  actorId: string | null;
  actorLabel: string;
  organizationName: string | null;
  action: string;
  targetType: string;
  targetId: string | null;
  targetLabel: string;
  before: Json;
  after: Json;
  ipAddress: string | null;
  userAgent: string | null;
}

export interface AuditTableProps {
  rows: readonly AuditEntryView[];
  showOrganization: boolean;
  /** The address of this screen filtered by one more thing. */
  hrefWith: (change: { who?: string; target?: string }) => string;
}

const LINK = "rounded-sm font-medium wrap-anywhere hover:underline";

/** One page of the log: who did what to what, when and from where; before and after under it. */
export function AuditTable({ rows, showOrganization, hrefWith }: AuditTableProps) {
  const columns: DataColumn<AuditEntryView>[] = [
    {
      key: "what",
      header: "What happened",
      bare: true,
      cell: (row) => (
        <p className="wrap-anywhere">
          <Link prefetch={false} href={hrefWith({ who: row.actorId ?? row.actorType })} className={LINK}>
            {row.actorLabel}
          </Link>
          {row.actorType === "api_key" && <span className="text-muted"> (API key)</span>}{" "}
          <What entry={row} hrefWith={hrefWith} />
        </p>
      ),
    },
    ...(showOrganization
      ? [
          {
            key: "organization",
            header: "Organization",
            className: "sm:w-[18%]",
            cell: (row: AuditEntryView) => row.organizationName ?? <span className="text-faint">–</span>,
          },
        ]
      : []),
    {
      key: "from",
      header: "From",
      className: "sm:w-[18%]",
      cell: ({ actorType, ipAddress, userAgent }) => (
        <span title={userAgent ?? undefined} className="text-sm wrap-anywhere">
          {ipAddress && <span className="font-mono">{ipAddress}</span>}
          {userAgent && (
            <span className="text-muted">
              {" "}
              {actorType === "user" ? describeBrowser(userAgent) : userAgent.slice(0, 40)}
            </span>
          )}
          {!ipAddress && !userAgent && <span className="text-faint">–</span>}
        </span>
      ),
    },
    {
      key: "when",
      header: "When",
      className: "sm:w-32",
      cell: (row) => <RelativeTime value={row.occurredAt} />,
    },
  ];
  return (
    <DataTable
      caption="Audit log"
      columns={columns}
      rows={rows}
      rowKey={(row) => row.id}
      detail={(row) => {
        const count = changesBetween(row.before, row.after).length;
        if (count === 0) return null;
        const changes = <ChangeList before={row.before} after={row.after} />;
        // Few are read at a glance; many would bury the entries around them.
        return count <= 3 ? changes : <Disclosure label={`${count} values`}>{changes}</Disclosure>;
      }}
      empty={
        <EmptyState
          title="Nothing matches"
          action={<ButtonLink href="/settings/audit">Clear filters</ButtonLink>}
        >
          No entry of the log fits all filters. Names of things are matched whole, capitals included.
        </EmptyState>
      }
    />
  );
}

function What({ entry, hrefWith }: { entry: AuditEntryView; hrefWith: AuditTableProps["hrefWith"] }) {
  const { action, targetType, targetId, targetLabel } = entry;
  const own = wordsAboutActor(entry);
  if (own) return <span title={action}>{own}</span>;
  return (
    <>
      <span title={action}>{actionWords(action)}</span>{" "}
      <Link
        prefetch={false}
        href={hrefWith({ target: targetId ? `${targetType}:${targetId}` : targetLabel })}
        className={LINK}
      >
        {targetLabel}
      </Link>
    </>
  );
}
