"use client";

import { Check, X } from "lucide-react";
import Link from "next/link";
import { useRef, type KeyboardEvent } from "react";
import { nextCell, type GridCell } from "@/components/health/grid-keys";
import type { HealthPlace } from "@/components/health/health-place";
import { markKey, type TestMark } from "@/components/health/use-bulk-test";
import { StatusMark, statusColours, statusWord } from "@/components/patterns/status-badge";
import { classNames } from "@/components/ui/class-names";
import type { HealthPage } from "@/lib/health/schema";

export interface HealthGridProps {
  page: HealthPage;
  /** Of each row, its cells. */
  places: HealthPlace[][];
  marks: ReadonlyMap<string, TestMark>;
  /** The one cell that Tab reaches; arrows move it. Column 0 holds the integrations' names. */
  active: GridCell;
  onActive: (cell: GridCell) => void;
}

/** Integrations × organizations: arrows move, Enter opens. Wide screens alone; narrow ones have a list. */
export function HealthGrid({ page, places, marks, active, onActive }: HealthGridProps) {
  const table = useRef<HTMLTableElement>(null);

  function onKeyDown(event: KeyboardEvent) {
    if (event.altKey || event.metaKey) return;
    const size = { rows: places.length, columns: page.columns.length + 2 };
    const next = nextCell(event.key, event.ctrlKey, active, size);
    if (!next) return;
    event.preventDefault();
    onActive(next);
    table.current?.querySelector<HTMLElement>(`[data-cell="${next.row} ${next.column}"]`)?.focus();
  }

  const cellProps = (row: number, column: number) => ({
    "data-cell": `${row} ${column}`,
    tabIndex: row === active.row && column === active.column ? 0 : -1,
    onFocus: () => onActive({ row, column }),
  });
  return (
    <div className="overflow-x-auto rounded-lg border bg-surface max-sm:hidden">
      <table
        ref={table}
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-to-interactive-role -- a table is what the pattern is made of
        role="grid"
        aria-label="Health of integrations by organization"
        aria-rowcount={page.rowTotal + 1}
        aria-colcount={page.columnTotal + 2}
        onKeyDown={onKeyDown}
        className="table-fixed border-collapse text-sm"
      >
        <thead>
          <tr className="border-b text-left align-bottom text-muted">
            <th scope="col" className="sticky left-0 z-10 w-50 bg-surface px-4 py-2 font-medium">
              Integration
            </th>
            <th scope="col" className="w-26 px-1 py-2 text-center font-medium">
              Default connection
            </th>
            {page.columns.map(({ id, name }) => (
              <th key={id} scope="col" title={name} className="w-26 px-1 py-2 text-center font-medium">
                <span className="line-clamp-2 wrap-anywhere">{name}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {page.rows.map(({ integration }, row) => (
            <tr key={integration.id} className="border-b last:border-b-0">
              <th scope="row" className="sticky left-0 z-10 bg-surface px-4 py-1 text-left font-medium">
                <Link
                  prefetch={false}
                  href={`/settings/integrations/${integration.id}`}
                  {...cellProps(row, 0)}
                  className="line-clamp-2 rounded wrap-anywhere hover:underline"
                >
                  {integration.name}
                  {integration.owner && <span className="text-muted"> · {integration.owner}</span>}
                </Link>
              </th>
              {places[row]?.map((place, at) => (
                <td key={place.organizationId ?? "default"} className="p-0.5">
                  <GridLink
                    place={place}
                    mark={marks.get(markKey(place))}
                    isDefault={at === 0}
                    {...cellProps(row, at + 1)}
                  />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface GridLinkProps {
  place: HealthPlace;
  mark: TestMark | undefined;
  isDefault: boolean;
  "data-cell": string;
  tabIndex: number;
  onFocus: () => void;
}

function GridLink({ place, mark, isDefault, ...cell }: GridLinkProps) {
  const { status, source } = place.cell;
  const by = source === "default" && !isDefault ? "by default" : source === "derived" ? "derived" : null;
  return (
    <Link
      href={place.href}
      prefetch={false}
      {...cell}
      className={classNames(
        "flex min-h-12 flex-col items-center justify-center rounded px-1 py-1 text-center text-xs leading-tight",
        status === null ? "text-faint hover:bg-hover" : statusColours(status),
      )}
    >
      <span className="sr-only">{place.label}: </span>
      {status === null ? (
        <>
          <span aria-hidden>–</span>
          <span className="sr-only">Not mapped</span>
        </>
      ) : (
        <span className="flex items-center gap-1 font-medium">
          <StatusMark status={status} />
          {statusWord(status)}
        </span>
      )}
      {by && (
        <span>
          <span className="sr-only">, </span>
          {by}
        </span>
      )}
      {mark && (
        <span className="flex items-center gap-0.5 font-medium [&_svg]:size-3">
          {mark.ok ? <Check aria-hidden /> : <X aria-hidden />}
          <span className="sr-only">, test </span>
          {mark.ok ? "works" : "fails"}
        </span>
      )}
    </Link>
  );
}
