"use client";

import { useQuery } from "@tanstack/react-query";
import { Check, CircleAlert } from "lucide-react";
import Link from "next/link";
import { durationInWords, OUTCOME_WORDS, REASON_WORDS } from "@/components/activity/activity-words";
import { Cause } from "@/components/health/trouble-words";
import { getJson, integrationKey } from "@/components/integrations/integration-query";
import { mappingHref } from "@/components/mappings/mapping-address";
import { DataTable, type DataColumn } from "@/components/patterns/data-table";
import { addressOf } from "@/components/patterns/list-params";
import { RelativeTime } from "@/components/patterns/relative-time";
import { ButtonLink } from "@/components/ui/button-link";
import { classNames } from "@/components/ui/class-names";
import { EmptyState } from "@/components/ui/empty-state";
import { Pagination } from "@/components/ui/pagination";
import type { ActivityListQuery, ActivityPage, ActivityRow } from "@/lib/refresh/schema";

const LOOK_AGAIN_MS = 15_000;

export interface ActivityTableProps {
  integrationId: string;
  name: string;
  initial: ActivityPage;
  filters: Omit<ActivityListQuery, "cursor">;
  /** Null: the newest page, which is looked at again and again. */
  cursor: string | null;
}

/** Every attempt to refresh: when, whose connection, why, what came of it, how long it took, the service's words. */
export function ActivityTable({ integrationId, name, initial, filters, cursor }: ActivityTableProps) {
  const path = `/settings/integrations/${integrationId}/activity`;
  const search = addressOf("", { ...filters, cursor: cursor ?? undefined });
  const { data } = useQuery({
    queryKey: [...integrationKey(integrationId), "activity", search],
    queryFn: ({ signal }) =>
      getJson<ActivityPage>(`/api/integrations/${integrationId}/activity${search}`, signal),
    initialData: initial,
    staleTime: 0,
    refetchOnMount: false,
    refetchInterval: cursor === null ? LOOK_AGAIN_MS : false,
  });
  return (
    <>
      <DataTable
        caption={`Activity of ${name}`}
        columns={columnsFor(integrationId)}
        rows={data.rows}
        rowKey={(row) => row.id}
        detail={(row) =>
          row.what && (
            <p className="text-sm wrap-anywhere text-muted">
              <Cause {...row} />
            </p>
          )
        }
        empty={
          <EmptyState title="Nothing matches" action={<ButtonLink href={path}>Clear filters</ButtonLink>}>
            No attempt to refresh fits the filters chosen.
          </EmptyState>
        }
      />
      {(cursor !== null || data.nextCursor !== null) && (
        <Pagination
          summary={cursor === null ? "The newest attempts" : "Older attempts"}
          previousHref={cursor === null ? undefined : addressOf(path, { ...filters })}
          nextHref={
            data.nextCursor === null ? undefined : addressOf(path, { ...filters, cursor: data.nextCursor })
          }
        />
      )}
    </>
  );
}

const TIGHT = "sm:py-1.5!";

function columnsFor(integrationId: string): DataColumn<ActivityRow>[] {
  return [
    {
      key: "outcome",
      header: "Outcome",
      bare: true,
      className: `${TIGHT} sm:w-[24%]`,
      cell: (row) => <Outcome outcome={row.outcome} />,
    },
    {
      key: "connection",
      header: "Connection of",
      className: `${TIGHT} sm:w-[26%]`,
      cell: ({ organization }) =>
        organization ? (
          <Link
            prefetch={false}
            href={mappingHref(integrationId, organization.id)}
            className="rounded wrap-anywhere hover:underline"
          >
            {organization.name}
          </Link>
        ) : (
          <span className="text-muted">Default connection</span>
        ),
    },
    { key: "reason", header: "Why", className: TIGHT, cell: (row) => REASON_WORDS[row.reason] },
    {
      key: "duration",
      header: "Took",
      align: "right",
      className: TIGHT,
      cell: (row) => <span className="tabular-nums">{durationInWords(row.durationMs)}</span>,
    },
    {
      key: "when",
      header: "When",
      className: `${TIGHT} sm:w-32`,
      cell: (row) => <RelativeTime value={row.occurredAt} />,
    },
  ];
}

function Outcome({ outcome }: { outcome: ActivityRow["outcome"] }) {
  const succeeded = outcome === "success";
  const Icon = succeeded ? Check : CircleAlert;
  return (
    <span className={classNames("flex items-center gap-1.5 font-medium", !succeeded && "text-danger")}>
      <Icon aria-hidden className="size-4 shrink-0" />
      {OUTCOME_WORDS[outcome]}
    </span>
  );
}
