import { ArrowDown, ArrowUp } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { RowGroup, Table, Td, Th, Thead, Tr } from "@/components/ui/table";
import { classNames } from "@/components/ui/class-names";

export interface DataColumn<Row> {
  key: string;
  /** Also the label of the value on a phone's card. */
  header: string;
  cell: (row: Row) => ReactNode;
  align?: "left" | "right";
  /** Makes the header a link that sorts; `direction` is set on the column that sorts now. */
  sort?: { href: string; direction?: "ascending" | "descending" };
  /** On a card it stands alone, without its label: the name, the row's buttons. */
  bare?: boolean;
  /** The header is read out and not drawn: a column of buttons. */
  hideHeader?: boolean;
  className?: string;
}

export interface DataTableProps<Row> {
  /** Read out, not drawn. */
  caption: string;
  columns: ReadonlyArray<DataColumn<Row>>;
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  /** A second line across the row, or null: its error in words and the button that mends it. */
  detail?: (row: Row) => ReactNode;
  /** What stands there when there are no rows: an `EmptyState`. */
  empty?: ReactNode;
}

/**
 * A table of one kind of thing; cards under 640 px. Rows arrive sorted and paged by the server. Links in rows take
 * `prefetch={false}`: fifty rows would ask the server for fifty screens, and the one that is clicked would wait for them.
 */
export function DataTable<Row>({ caption, columns, rows, rowKey, detail, empty }: DataTableProps<Row>) {
  if (rows.length === 0 && empty) return empty;
  return (
    <div className="overflow-x-auto rounded-lg border bg-surface">
      <Table caption={caption}>
        <Thead>
          {columns.map((column) => (
            <Th
              key={column.key}
              aria-sort={column.sort?.direction}
              className={column.align === "right" ? "text-right" : undefined}
            >
              <ColumnHeader column={column} />
            </Th>
          ))}
        </Thead>
        {rows.map((row) => {
          const more = detail?.(row);
          return (
            <RowGroup key={rowKey(row)}>
              <Tr>
                {columns.map((column) => (
                  <Td
                    key={column.key}
                    label={column.bare || column.hideHeader ? undefined : column.header}
                    className={classNames(column.align === "right" && "sm:text-right", column.className)}
                  >
                    {column.cell(row)}
                  </Td>
                ))}
              </Tr>
              {more && (
                <Tr>
                  <Td colSpan={columns.length} className="pt-0">
                    {more}
                  </Td>
                </Tr>
              )}
            </RowGroup>
          );
        })}
      </Table>
    </div>
  );
}

function ColumnHeader<Row>({ column }: { column: DataColumn<Row> }) {
  if (column.hideHeader) return <span className="sr-only">{column.header}</span>;
  if (!column.sort) return column.header;
  const { href, direction } = column.sort;
  return (
    <Link href={href} prefetch={false} className="inline-flex items-center gap-1 rounded hover:text-ink">
      {column.header}
      {direction === "ascending" && <ArrowUp aria-hidden className="size-3.5" />}
      {direction === "descending" && <ArrowDown aria-hidden className="size-3.5" />}
    </Link>
  );
}
