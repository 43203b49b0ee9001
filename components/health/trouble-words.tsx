import { RelativeTime } from "@/components/patterns/relative-time";
import { sentence } from "@/components/patterns/sentence";
import type { Trouble } from "@/lib/health/rules";

/** What ails something, in one paragraph: what happened, the service's own words, since when, and when it is tried next. */
export function TroubleWords({ trouble, since = true }: { trouble: Trouble; since?: boolean }) {
  const { what, quote, note } = trouble;
  return (
    <>
      {what}
      {quote && (
        <>
          {" "}
          <q>{quote}</q>
        </>
      )}
      {note && <> {sentence(note)}</>}
      {since && trouble.since && (
        <>
          {" "}
          Since <RelativeTime value={trouble.since} />.
        </>
      )}{" "}
      <NextTry trouble={trouble} />
    </>
  );
}

/** When it is tried again; the exact time on hover. */
export function NextTry({ trouble: { nextTryAt } }: { trouble: Trouble }) {
  if (nextTryAt === null) return <>Not tried again before somebody acts.</>;
  return (
    <>
      Next try <RelativeTime value={nextTryAt} />.
    </>
  );
}
