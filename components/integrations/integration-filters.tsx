"use client";

import { FilterPicker } from "@/components/patterns/filter-picker";
import { FilterSelect } from "@/components/patterns/filter-select";
import { SearchInput } from "@/components/patterns/search-input";

const statuses = [
  { value: "attention", label: "Needs attention" },
  { value: "active", label: "Active" },
  { value: "not_connected", label: "Not connected" },
  { value: "degraded", label: "Refresh failing" },
  { value: "reconnect_required", label: "Reconnect required" },
  { value: "configured", label: "Configured" },
  { value: "incomplete", label: "Missing values" },
];

export interface IntegrationFiltersProps {
  /** Who it is filtered by: "Global" or an organization's name; null where nobody is. */
  ownerName: string | null;
  total: number;
}

/** Search, filters and how many there are; all of it lives in the address. */
export function IntegrationFilters({ ownerName, total }: IntegrationFiltersProps) {
  return (
    <div className="flex flex-wrap items-center gap-2 max-sm:[&>span]:min-w-41">
      <SearchInput label="Search integrations" />
      <FilterSelect label="Status" param="status" options={statuses} />
      <FilterPicker
        label="Available to"
        param="availableTo"
        searchUrl="/api/organizations"
        first={{ id: "global", name: "Global" }}
        chosenName={ownerName}
      />
      <p role="status" className="ml-auto text-sm text-muted">
        {total === 1 ? "1 integration" : `${total.toLocaleString("en")} integrations`}
      </p>
    </div>
  );
}
