"use client";

import { useQuery } from "@tanstack/react-query";
import { useMemo, useState, type ReactNode } from "react";
import { BulkTestPanel } from "@/components/health/bulk-test-panel";
import type { GridCell } from "@/components/health/grid-keys";
import { HealthDetail } from "@/components/health/health-detail";
import { HealthGrid } from "@/components/health/health-grid";
import { HealthLegend } from "@/components/health/health-legend";
import { HealthList } from "@/components/health/health-list";
import { isInTrouble, placesOf, type HealthPlace } from "@/components/health/health-place";
import { markKey, useBulkTest } from "@/components/health/use-bulk-test";
import type { IntegrationActions } from "@/components/integrations/integration-actions";
import { getJson, integrationsKey, nextLookMs } from "@/components/integrations/integration-query";
import { addressOf } from "@/components/patterns/list-params";
import { PageHeader } from "@/components/patterns/page-header";
import { Button } from "@/components/ui/button";
import { ButtonLink } from "@/components/ui/button-link";
import { EmptyState } from "@/components/ui/empty-state";
import { Pagination } from "@/components/ui/pagination";
import type { HealthPage, HealthQuery } from "@/lib/health/schema";

export interface HealthScreenProps {
  initial: HealthPage;
  query: HealthQuery;
  actions: Pick<IntegrationActions, "connect" | "refresh">;
  filters: ReactNode;
}

/** How integrations do for organizations: what needs attention first, tested one by one or all together. */
export function HealthScreen({ initial, query, actions, filters }: HealthScreenProps) {
  const search = addressOf("", { ...query, show: query.show === "all" ? "all" : undefined });
  const { data: page } = useQuery({
    queryKey: [...integrationsKey, "health", search],
    queryFn: ({ signal }) => getJson<HealthPage>(`/api/health${search}`, signal),
    initialData: initial,
    staleTime: 0,
    refetchOnMount: false,
    refetchOnWindowFocus: "always",
    refetchInterval: ({ state }) =>
      nextLookMs(state.data?.rows.flatMap((row) => [row.default, ...row.cells]) ?? []),
  });
  const { integration, organization } = query;
  const bulk = useBulkTest(addressOf("", { integration, organization }).slice(1));
  const places = useMemo(() => page.rows.map((row) => placesOf(row, page.columns)), [page]);
  const [chosen, setChosen] = useState<GridCell | null>(null);
  const active = within(chosen ?? firstInTrouble(places), page);
  const place = active.column === 0 ? undefined : places[active.row]?.[active.column - 1];
  const { troubled } = page;
  const here = integration || organization ? " under these filters" : "";
  const isRunning = bulk.shown.state === "running";
  return (
    <>
      <PageHeader
        title="Health"
        description={
          troubled === 0
            ? `No connection${here} is in trouble.`
            : `${troubled.toLocaleString("en")} ${troubled === 1 ? "connection" : "connections"}${here} ${troubled === 1 ? "needs" : "need"} attention.`
        }
        action={
          page.can.test &&
          troubled > 0 && (
            <Button variant="primary" pending={isRunning} onClick={() => bulk.testAll(troubled)}>
              Test all in trouble
            </Button>
          )
        }
      />
      {filters}
      <BulkTestPanel test={bulk.shown} onCancel={bulk.cancel} onDismiss={bulk.dismiss} />
      {places.length === 0 ? (
        <NothingShown query={query} />
      ) : (
        <section aria-label="Statuses" className="flex flex-col gap-3">
          <HealthLegend />
          <HealthGrid
            page={page}
            places={places}
            marks={bulk.shown.marks}
            active={active}
            onActive={setChosen}
          />
          {place && (
            <section
              aria-label="Chosen connection"
              className="sticky bottom-3 z-20 rounded-lg border bg-raised px-4 py-2.5 shadow-popup max-sm:hidden"
            >
              <HealthDetail
                key={markKey(place)}
                place={place}
                mark={bulk.shown.marks.get(markKey(place))}
                actions={actions}
                testOne={bulk.testOne}
              />
            </section>
          )}
          <HealthList
            places={places}
            marks={bulk.shown.marks}
            onlyTrouble={query.show === "attention"}
            actions={actions}
            testOne={bulk.testOne}
          />
          <Pages page={page} query={query} />
        </section>
      )}
    </>
  );
}

function NothingShown({ query }: { query: HealthQuery }) {
  const isFiltered = query.integration !== undefined || query.organization !== undefined;
  if (query.show === "attention" && !isFiltered) {
    return (
      <EmptyState
        title="Nothing needs attention"
        action={<ButtonLink href="/health?show=all">Show everything</ButtonLink>}
      >
        Every connection works, or can be had without a person. What falls into trouble appears here by
        itself.
      </EmptyState>
    );
  }
  return (
    <EmptyState title="Nothing matches" action={<ButtonLink href="/health">Clear filters</ButtonLink>}>
      Nothing of this integration or organization needs attention.
    </EmptyState>
  );
}

function Pages({ page, query }: { page: HealthPage; query: HealthQuery }) {
  const show = query.show === "all" ? "all" : undefined;
  const href = (change: { page?: number; columns?: number }) => {
    const { page: row = page.page, columns = page.columnPage } = change;
    return addressOf("/health", {
      ...query,
      show,
      page: row,
      columns: columns === 1 ? undefined : columns,
    });
  };
  const count = (part: number, all: number) => `${part.toLocaleString("en")} of ${all.toLocaleString("en")}`;
  return (
    <>
      {page.columnPageCount > 1 && (
        <Pagination
          label="Pages of organizations"
          summary={`Organizations: page ${count(page.columnPage, page.columnPageCount)}`}
          previousHref={page.columnPage > 1 ? href({ columns: page.columnPage - 1 }) : undefined}
          nextHref={
            page.columnPage < page.columnPageCount ? href({ columns: page.columnPage + 1 }) : undefined
          }
        />
      )}
      {page.pageCount > 1 && (
        <Pagination
          label="Pages of integrations"
          summary={`Integrations: page ${count(page.page, page.pageCount)}`}
          previousHref={page.page > 1 ? href({ page: page.page - 1, columns: 1 }) : undefined}
          nextHref={page.page < page.pageCount ? href({ page: page.page + 1, columns: 1 }) : undefined}
        />
      )}
    </>
  );
}

function firstInTrouble(places: HealthPlace[][]): GridCell {
  for (const [row, cells] of places.entries()) {
    const at = cells.findIndex(({ cell, organizationId }) => isInTrouble(cell, organizationId === null));
    if (at >= 0) return { row, column: at + 1 };
  }
  return { row: 0, column: 1 };
}

/** The grid may have shrunk since the cell was chosen. */
function within({ row, column }: GridCell, page: HealthPage): GridCell {
  return {
    row: Math.max(0, Math.min(row, page.rows.length - 1)),
    column: Math.min(column, page.columns.length + 1),
  };
}
