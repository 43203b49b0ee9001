"use client";

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
  organizations: ReadonlyArray<{ id: string; name: string }>;
  total: number;
}

/** Search, filters and how many there are; all of it lives in the address. */
export function IntegrationFilters({ organizations, total }: IntegrationFiltersProps) {
  const owners = [
    { value: "global", label: "Global" },
    ...organizations.map(({ id, name }) => ({ value: id, label: name })),
  ];
  return (
    <div className="flex flex-wrap items-center gap-2 max-sm:[&>span]:min-w-41">
      <SearchInput label="Search integrations" />
      <FilterSelect label="Status" param="status" options={statuses} />
      <FilterSelect label="Available to" param="availableTo" options={owners} />
      <p role="status" className="ml-auto text-sm text-muted">
        {total === 1 ? "1 integration" : `${total.toLocaleString("en")} integrations`}
      </p>
    </div>
  );
}
