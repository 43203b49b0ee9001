import { classNames } from "@/components/ui/class-names";

/** A grey shape where something will be; give it that thing's size. It belongs into a `Late`. */
export function Skeleton({ className }: { className?: string }) {
  return (
    <div
      aria-hidden
      className={classNames(
        "animate-appear [animation-delay:var(--late,0ms)] [animation-fill-mode:backwards]",
        className,
      )}
    >
      <div className="h-full min-h-4 w-full animate-breathe rounded bg-hover" />
    </div>
  );
}

export interface SkeletonTableProps {
  /** What is being loaded, for screen readers: "Loading integrations". */
  label: string;
  rows?: number;
}

/** The shape of a table that is on its way. */
export function SkeletonTable({ label, rows = 8 }: SkeletonTableProps) {
  return (
    <div role="status" aria-label={label} className="rounded-lg border bg-surface">
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} className="flex items-center gap-6 border-b px-4 py-3 last:border-b-0">
          <Skeleton className="h-4 w-1/4" />
          <Skeleton className="h-4 w-1/6 max-sm:hidden" />
          <Skeleton className="h-4 w-1/5" />
          <Skeleton className="ml-auto h-4 w-1/6 max-sm:hidden" />
        </div>
      ))}
    </div>
  );
}
