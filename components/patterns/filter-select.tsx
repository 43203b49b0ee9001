"use client";

import { ChevronDown } from "lucide-react";
import { useEarlyValue } from "@/components/patterns/use-early-value";
import { useUrlParam } from "@/components/patterns/use-url-param";
import { classNames } from "@/components/ui/class-names";
import type { SelectOption } from "@/components/ui/select";
import { Spinner } from "@/components/ui/spinner";

export interface FilterSelectProps {
  /** What is filtered by: "Status". Stands in the control while nothing is chosen. */
  label: string;
  /** The search parameter it writes; absent while nothing is chosen. */
  param: string;
  options: readonly SelectOption[];
}

/** A filter of a list whose choice lives in the address. */
export function FilterSelect({ label, param, options }: FilterSelectProps) {
  const { value, set, pending } = useUrlParam(param);
  // A value that is no option's shows as none.
  const shown = options.some((option) => option.value === value) ? value : "";
  const select = useEarlyValue<HTMLSelectElement>(shown, set);
  return (
    <span className="relative inline-block max-sm:min-w-36 max-sm:flex-1">
      <select
        ref={select}
        aria-label={label}
        value={value}
        onChange={(event) => set(event.target.value)}
        className={classNames(
          "control w-auto appearance-none pr-8 max-sm:w-full",
          value ? "font-medium" : "text-muted",
        )}
      >
        <option value="">{label}: any</option>
        {options.map((option) => (
          <option key={option.value} value={option.value} disabled={option.disabled}>
            {option.label}
          </option>
        ))}
      </select>
      <span
        aria-hidden
        className="pointer-events-none absolute top-1/2 right-2.5 -translate-y-1/2 text-muted"
      >
        {pending ? <Spinner /> : <ChevronDown className="size-4" />}
      </span>
    </span>
  );
}
