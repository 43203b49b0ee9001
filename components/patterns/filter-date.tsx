"use client";

import { useEarlyValue } from "@/components/patterns/use-early-value";
import { useUrlParam } from "@/components/patterns/use-url-param";

export interface FilterDateProps {
  /** "From". */
  label: string;
  /** The search parameter it writes: a day, `2026-11-20`. */
  param: string;
}

/** A filter of a list by a day, in UTC; its choice lives in the address. */
export function FilterDate({ label, param }: FilterDateProps) {
  const { value, set } = useUrlParam(param);
  const input = useEarlyValue<HTMLInputElement>(value, (early) => {
    // Half-typed years are dates too; leaving the control takes what it holds then.
    if (input.current !== document.activeElement) set(early);
  });
  return (
    <label className="inline-flex items-center gap-1.5 text-sm text-muted max-sm:flex-1">
      {label}
      <input
        // Another key when the address changed by itself: the browser keeps half-typed days in the control.
        key={value}
        ref={input}
        type="date"
        aria-label={`${label} (UTC day)`}
        title="A day in UTC"
        defaultValue={value}
        onBlur={(event) => event.target.value !== value && set(event.target.value)}
        onKeyDown={(event) => event.key === "Enter" && set(event.currentTarget.value)}
        className="control w-auto max-sm:w-full"
      />
    </label>
  );
}
