"use client";

import { useNow } from "@/components/patterns/clock";
import { RelativeTime } from "@/components/patterns/relative-time";
import { sentence } from "@/components/patterns/sentence";
import type { Trouble } from "@/lib/health/rules";

/**
 * What ails something, in one paragraph: what happened, the service's own words, since when, when it is tried next, and what
 * to do or who can.
 */
export function TroubleWords({ trouble }: { trouble: Trouble }) {
  return (
    <>
      <Cause {...trouble} /> <When trouble={trouble} /> {trouble.advice}
    </>
  );
}

/**
 * As `TroubleWords`, on one line where there is room: the end of the service's words gives way, and stands on the page.
 * Where a button says what to do, words need not; else they have a line of their own, which nothing cuts off.
 */
export function TroubleLine({ trouble }: { trouble: Trouble }) {
  return (
    <span className="min-w-0 flex-1">
      <OneLine trouble={trouble} />
      {trouble.act === null && <span className="block wrap-anywhere text-muted">{trouble.advice}</span>}
    </span>
  );
}

function OneLine({ trouble }: { trouble: Trouble }) {
  const { what, quote, note } = trouble;
  return (
    <span className="sm:flex sm:gap-x-2">
      <span className="wrap-anywhere sm:min-w-0 sm:truncate" title={`${what} ${quote ?? note ?? ""}`.trim()}>
        <Cause {...trouble} />
      </span>{" "}
      <span className="text-muted sm:shrink-0">
        <When trouble={trouble} />
      </span>
    </span>
  );
}

/** What happened, the service's own words, and ours on them. */
export function Cause({ what, quote, note }: Record<"what" | "quote" | "note", string | null>) {
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
    </>
  );
}

/** Since when, and when it is tried again; the exact times on hover. */
export function When({ trouble }: { trouble: Trouble }) {
  return (
    <>
      {trouble.since && (
        <>
          Began <RelativeTime value={trouble.since} />.{" "}
        </>
      )}
      <NextTry trouble={trouble} />
    </>
  );
}

function NextTry({ trouble: { nextTryAt, isRefreshing } }: { trouble: Trouble }) {
  const now = useNow();
  if (isRefreshing) return <>It is being refreshed now.</>;
  if (nextTryAt === null) return <>Not tried again before somebody acts.</>;
  if (now !== null && Date.parse(nextTryAt) <= now) return <>It is about to be tried again.</>;
  return (
    <>
      Next try <RelativeTime value={nextTryAt} />.
    </>
  );
}
