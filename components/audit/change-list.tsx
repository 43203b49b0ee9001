import { type Change, changesBetween, type Json } from "@/components/audit/changes";

export interface ChangeListProps {
  before: Json;
  after: Json;
}

/** Before and after of an entry: what went, what came. */
export function ChangeList({ before, after }: ChangeListProps) {
  const changes = changesBetween(before, after);
  if (changes.length === 0) return null;
  return (
    <dl className="grid gap-x-4 gap-y-1 text-sm sm:grid-cols-[minmax(7rem,auto)_minmax(0,1fr)]">
      {changes.map((change) => (
        <div key={change.name} className="contents">
          <dt className="wrap-anywhere text-muted">{change.name}</dt>
          <dd className="min-w-0 font-mono wrap-anywhere">
            <Values {...change} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Values({ before, after }: Change) {
  return (
    <>
      {before !== null && (
        <del className="text-muted">
          <span className="sr-only">before: </span>
          {before}
        </del>
      )}
      {before !== null && after !== null && <span aria-hidden> → </span>}
      {after !== null && (
        <ins className="no-underline">
          <span className="sr-only">{before === null ? "" : " after: "}</span>
          {after}
        </ins>
      )}
      {after === null && <span className="text-muted"> (removed)</span>}
    </>
  );
}
