import { Fragment, type ReactNode } from "react";
import { classNames } from "@/components/ui/class-names";

export interface DefinitionListProps {
  /** Entries without a value are left out. */
  items: ReadonlyArray<{ term: string; value: ReactNode }>;
  className?: string;
}

/** Facts about one thing: term at the left, value at the right; one under the other on a phone. */
export function DefinitionList({ items, className }: DefinitionListProps) {
  return (
    <dl
      className={classNames(
        "grid gap-x-6 gap-y-2 max-sm:gap-y-0.5 sm:grid-cols-[minmax(8rem,11rem)_minmax(0,1fr)]",
        className,
      )}
    >
      {items
        .filter(({ value }) => value !== null && value !== undefined && value !== false && value !== "")
        .map(({ term, value }) => (
          <Fragment key={term}>
            <dt className="text-muted max-sm:mt-2 max-sm:text-sm">{term}</dt>
            <dd className="min-w-0 wrap-anywhere">{value}</dd>
          </Fragment>
        ))}
    </dl>
  );
}
