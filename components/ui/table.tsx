import type { ComponentProps } from "react";
import { classNames } from "@/components/ui/class-names";

// The roles repeat what the elements mean: drawn as cards on a phone, browsers would drop their meaning.

/** A table that becomes cards under 640 px. Give each `Td` a `label` for there. */
export function Table({
  caption,
  className,
  children,
  ...rest
}: ComponentProps<"table"> & { caption: string }) {
  return (
    <table
      {...rest}
      role="table"
      className={classNames("card-table w-full border-collapse text-left", className)}
    >
      <caption className="sr-only">{caption}</caption>
      {children}
    </table>
  );
}

/** The row of column headers; takes `Th`s. */
export function Thead({ children }: { children: React.ReactNode }) {
  return (
    <thead role="rowgroup" className="border-b text-sm text-muted">
      <tr role="row">{children}</tr>
    </thead>
  );
}

/** A column's header. */
export function Th({ className, ...rest }: ComponentProps<"th">) {
  return (
    <th
      scope="col"
      role="columnheader"
      {...rest}
      className={classNames("h-9 px-3 font-medium whitespace-nowrap first:pl-4 last:pr-4", className)}
    />
  );
}

/** One row and what belongs to it (a second `Tr` with its error): one card on a phone. */
export function RowGroup({ className, ...rest }: ComponentProps<"tbody">) {
  return (
    <tbody
      role="rowgroup"
      {...rest}
      className={classNames(
        "border-b transition-colors last:border-b-0 hover:bg-hover/60 max-sm:relative max-sm:px-4 max-sm:py-3",
        className,
      )}
    />
  );
}

/** A row; belongs into a `RowGroup`. */
export function Tr(props: ComponentProps<"tr">) {
  return <tr role="row" {...props} />;
}

export interface TdProps extends ComponentProps<"td"> {
  /** The column's name, shown beside the value on a phone. Left out: the value stands alone there. */
  label?: string;
}

/** A value; its label is drawn beside it on a phone. */
export function Td({ label, className, ...rest }: TdProps) {
  return (
    <td
      role="cell"
      data-label={label}
      {...rest}
      className={classNames(
        "px-3 py-2 align-top first:pl-4 last:pr-4 max-sm:px-0 max-sm:py-1 max-sm:first:pl-0 max-sm:last:pr-0",
        className,
      )}
    />
  );
}
