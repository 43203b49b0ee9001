"use client";

import type { ReactNode } from "react";
import { FilterSelect } from "@/components/patterns/filter-select";
import { SearchInput } from "@/components/patterns/search-input";

const MAPPED = [
  { value: "mapped", label: "Mapped" },
  { value: "unmapped", label: "Unmapped" },
  { value: "missing", label: "Missing values" },
  { value: "attention", label: "Needs attention" },
];

const STATUSES = [
  { value: "active", label: "Active" },
  { value: "not_connected", label: "Not connected" },
  { value: "degraded", label: "Refresh failing" },
  { value: "reconnect_required", label: "Reconnect required" },
];

export interface MappingFiltersProps {
  total: number;
  usesOAuth: boolean;
  /** The screen's primary button. */
  action: ReactNode;
}

/** Search, filters and how many there are; all of it lives in the address. */
export function MappingFilters({ total, usesOAuth, action }: MappingFiltersProps) {
  return (
    <div className="flex flex-wrap items-center gap-2">
      <SearchInput label="Search organizations and entities" />
      <FilterSelect label="Mapping" param="filter" options={MAPPED} />
      {usesOAuth && <FilterSelect label="Status" param="status" options={STATUSES} />}
      <p role="status" className="text-sm text-muted sm:ml-auto">
        {total === 1 ? "1 organization" : `${total.toLocaleString("en")} organizations`}
      </p>
      <div className="max-sm:w-full max-sm:*:w-full">{action}</div>
    </div>
  );
}
