"use client";

import { FilterPicker } from "@/components/patterns/filter-picker";
import { useUrlParam } from "@/components/patterns/use-url-param";
import { Segmented } from "@/components/ui/segmented";

const SHOWN = [
  { value: "attention", label: "Needs attention" },
  { value: "all", label: "Everything" },
];

export interface HealthFiltersProps {
  integrationName: string | null;
  /** Null: the reader has one organization's column alone. */
  organizationName: string | null;
}

/** What of the grid is shown; all of it lives in the address. */
export function HealthFilters({ integrationName, organizationName }: HealthFiltersProps) {
  const { value, set } = useUrlParam("show");
  return (
    <div className="flex flex-wrap items-center gap-2">
      <Segmented
        label="Show"
        hideLabel
        name="show"
        options={SHOWN}
        value={value === "all" ? "all" : "attention"}
        onChange={(event) => set(event.target.value === "all" ? "all" : "")}
      />
      <FilterPicker
        label="Integration"
        param="integration"
        searchUrl="/api/integrations/search"
        chosenName={integrationName}
      />
      {organizationName !== null && (
        <FilterPicker
          label="Organization"
          param="organization"
          searchUrl="/api/organizations"
          chosenName={organizationName}
        />
      )}
    </div>
  );
}
