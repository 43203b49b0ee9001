"use client";

import Link from "next/link";
import type { ReactNode } from "react";
import type { IntegrationActions } from "@/components/integrations/integration-actions";
import { useIntegrationList } from "@/components/integrations/integration-query";
import { IntegrationRowDetail } from "@/components/integrations/integration-row-detail";
import { listHref, listSearch } from "@/components/integrations/list-address";
import { DataTable, type DataColumn } from "@/components/patterns/data-table";
import { RelativeTime } from "@/components/patterns/relative-time";
import { StatusBadge } from "@/components/patterns/status-badge";
import { Badge } from "@/components/ui/badge";
import { classNames } from "@/components/ui/class-names";
import { ButtonLink } from "@/components/ui/button-link";
import { EmptyState } from "@/components/ui/empty-state";
import { Pagination } from "@/components/ui/pagination";
import { INTEGRATION_PAGE_SIZE } from "@/lib/integrations/rules";
import type {
  IntegrationListPage,
  IntegrationListQuery,
  IntegrationListRow,
} from "@/lib/integrations/schema";

export interface IntegrationTableProps {
  initial: IntegrationListPage;
  query: IntegrationListQuery;
  actions: Pick<IntegrationActions, "connect" | "refresh">;
}

/** The integrations of one page of the list; statuses move by themselves. */
export function IntegrationTable({ initial, query, actions }: IntegrationTableProps) {
  const { rows, total, page, pageCount } = useIntegrationList(initial, listSearch(query));
  const first = (page - 1) * INTEGRATION_PAGE_SIZE + 1;
  return (
    <>
      <DataTable
        caption="Integrations"
        columns={columnsFor(query)}
        rows={rows}
        rowKey={(row) => row.id}
        detail={(row) => <IntegrationRowDetail row={row} actions={actions} />}
        empty={
          <EmptyState
            title="Nothing matches"
            action={<ButtonLink href="/settings/integrations">Clear search and filters</ButtonLink>}
          >
            No integration has these words in its name or description with the filters chosen.
          </EmptyState>
        }
      />
      {pageCount > 1 && (
        <Pagination
          summary={`${first}–${first + rows.length - 1} of ${total.toLocaleString("en")} integrations`}
          previousHref={page > 1 ? listHref(query, { page: page - 1 }) : undefined}
          nextHref={page < pageCount ? listHref(query, { page: page + 1 }) : undefined}
        />
      )}
    </>
  );
}

const TIGHT = "sm:py-1.5!";
/** On a card a line that says nothing is left out. */
const OPTIONAL = `${TIGHT} max-sm:[&:has([data-nothing])]:hidden`;

function columnsFor(query: IntegrationListQuery): DataColumn<IntegrationListRow>[] {
  const { sort } = query;
  return [
    {
      key: "name",
      header: "Name",
      bare: true,
      className: `${TIGHT} sm:w-[34%]`,
      sort: {
        href: listHref(query, { sort: sort === "name" ? "-name" : "name" }),
        direction: sort === "name" ? "ascending" : sort === "-name" ? "descending" : undefined,
      },
      cell: (row) => (
        <Link
          prefetch={false}
          href={`/settings/integrations/${row.id}`}
          className="rounded font-medium wrap-anywhere hover:underline max-sm:-my-2 max-sm:inline-flex max-sm:min-h-11 max-sm:items-center max-sm:text-lg"
        >
          {row.name}
        </Link>
      ),
    },
    {
      key: "availableTo",
      header: "Available to",
      className: TIGHT,
      cell: (row) => (row.organization ? row.organization.name : <Badge>Global</Badge>),
    },
    {
      key: "status",
      header: "Status",
      className: TIGHT,
      sort: {
        href: listHref(query, { sort: "status" }),
        direction: sort === "status" ? "ascending" : undefined,
      },
      cell: (row) => (
        <StatusBadge
          status={row.status}
          waiting={row.waiting && row.status === "not_connected"}
          className="sm:-my-0.5"
        />
      ),
    },
    { key: "organizations", header: "Organizations", className: OPTIONAL, cell: mappedInWords },
    {
      key: "lastRefresh",
      header: "Last refresh",
      className: OPTIONAL,
      sort: {
        href: listHref(query, { sort: "-lastRefreshAt" }),
        direction: sort === "-lastRefreshAt" ? "descending" : undefined,
      },
      cell: (row) =>
        row.lastRefreshAt ? (
          <RelativeTime value={row.lastRefreshAt} />
        ) : (
          <span data-nothing className="text-faint">
            –
          </span>
        ),
    },
  ];
}

function mappedInWords({ id, name, mapped, needAttention }: IntegrationListRow) {
  const href = `/settings/integrations/${id}/mappings`;
  if (mapped === 0)
    return (
      <span data-nothing className="text-faint">
        None mapped
      </span>
    );
  return (
    <span className="sm:whitespace-nowrap">
      <CountLink href={`${href}?filter=mapped`} of={name}>
        {mapped.toLocaleString("en")} mapped
      </CountLink>
      {needAttention > 0 && (
        <>
          {" · "}
          <CountLink href={`${href}?filter=attention`} of={name} className="font-medium">
            {needAttention === 1 ? "1 needs" : `${needAttention.toLocaleString("en")} need`} attention
          </CountLink>
        </>
      )}
    </span>
  );
}

interface CountLinkProps {
  href: string;
  /** Whose count it is, for those who hear the link alone. */
  of: string;
  className?: string;
  children: ReactNode;
}

function CountLink({ href, of, className, children }: CountLinkProps) {
  return (
    <Link prefetch={false} href={href} className={classNames("rounded hover:underline", className)}>
      {children}
      <span className="sr-only"> of {of}</span>
    </Link>
  );
}
