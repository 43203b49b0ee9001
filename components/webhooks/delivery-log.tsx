import { type DataColumn, DataTable } from "@/components/patterns/data-table";
import { RelativeTime } from "@/components/patterns/relative-time";
import { Badge } from "@/components/ui/badge";
import { Disclosure } from "@/components/ui/disclosure";
import { RedeliverButton } from "@/components/webhooks/redeliver-button";
import type { RedeliverAction } from "@/components/webhooks/webhook-actions";
import type { AttemptRow, DeliveryRow } from "@/lib/webhooks/schema";

interface DeliveryLogProps {
  rows: readonly DeliveryRow[];
  redeliver: RedeliverAction;
}

/** A page of what was sent, the latest first; under each its last answer, and every try behind a fold. */
export function DeliveryLog({ rows, redeliver }: DeliveryLogProps) {
  const columns: DataColumn<DeliveryRow>[] = [
    {
      key: "event",
      header: "Event",
      bare: true,
      className: "sm:w-[38%]",
      cell: (row) => (
        <>
          <span className="font-mono text-sm wrap-anywhere">{row.type}</span>
          <span className="block wrap-anywhere text-muted">{subjectOf(row)}</span>
        </>
      ),
    },
    { key: "occurred", header: "Happened", cell: (row) => <RelativeTime value={row.occurredAt} /> },
    { key: "status", header: "Delivery", cell: (row) => <State row={row} /> },
    {
      key: "actions",
      header: "Actions",
      hideHeader: true,
      align: "right",
      cell: (row) => (
        <RedeliverButton
          deliveryId={row.id}
          what={`${row.type} ${subjectOf(row)}`.trim()}
          redeliver={redeliver}
        />
      ),
    },
  ];
  return (
    <DataTable
      caption="Deliveries"
      columns={columns}
      rows={rows}
      rowKey={({ id }) => id}
      detail={({ attempts }) => attempts.length > 0 && <Attempts attempts={attempts} />}
    />
  );
}

function subjectOf({ integrationName, organizationName }: DeliveryRow): string {
  if (integrationName === null) return "";
  return organizationName === null ? integrationName : `${integrationName} for ${organizationName}`;
}

function State({ row: { status, isUnderWay, nextTryAt } }: { row: DeliveryRow }) {
  if (status === "delivered") return <Badge>Delivered</Badge>;
  if (status === "failed") return <Badge tone="danger">Failed</Badge>;
  if (isUnderWay) return <Badge tone="accent">Sending</Badge>;
  return (
    <span className="inline-flex flex-wrap items-center gap-x-2">
      <Badge tone="accent">Waiting</Badge>
      {nextTryAt && (
        <span className="text-sm text-muted">
          next try <RelativeTime value={nextTryAt} />
        </span>
      )}
    </span>
  );
}

function Attempts({ attempts: [last, ...earlier] }: { attempts: readonly AttemptRow[] }) {
  if (!last) return null;
  return (
    <div className="flex flex-col gap-1 text-sm">
      <Attempt attempt={last} />
      {earlier.length > 0 && (
        <Disclosure label={earlier.length === 1 ? "1 earlier try" : `${earlier.length} earlier tries`}>
          <ol className="flex flex-col gap-2">
            {earlier.map((attempt) => (
              <li key={attempt.id}>
                <Attempt attempt={attempt} />
              </li>
            ))}
          </ol>
        </Disclosure>
      )}
    </div>
  );
}

function Attempt({ attempt }: { attempt: AttemptRow }) {
  const { httpStatus, durationMs, failure, answer, occurredAt } = attempt;
  return (
    <div className="min-w-0 text-muted">
      <span className="text-ink">{httpStatus === null ? "No answer" : `HTTP ${httpStatus}`}</span>
      <span className="tabular-nums"> in {durationMs.toLocaleString("en")} ms</span>,{" "}
      <RelativeTime value={occurredAt} />
      {failure && <span className="block wrap-anywhere">{failure}</span>}
      {answer && <span className="block font-mono text-xs wrap-anywhere">{answer}</span>}
    </div>
  );
}
