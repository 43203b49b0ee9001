"use client";

import { OUTCOME_WORDS } from "@/components/activity/activity-words";
import { FilterPicker } from "@/components/patterns/filter-picker";
import { FilterSelect } from "@/components/patterns/filter-select";

const { success, ...failures } = OUTCOME_WORDS;
const OUTCOMES = [
  { value: "success", label: success },
  { value: "failed", label: "Failed, however" },
  ...Object.entries(failures).map(([value, label]) => ({ value, label })),
];

const DEFAULT_CONNECTION = { id: "default", name: "Default connection" };

export interface ActivityFiltersProps {
  /** The provider's people see everybody's. */
  showOrganization: boolean;
  chosenName: string | null;
}

/** Filters of the attempts; both live in the address. */
export function ActivityFilters({ showOrganization, chosenName }: ActivityFiltersProps) {
  return (
    <div className="flex flex-wrap items-center gap-2">
      <FilterSelect label="Outcome" param="outcome" options={OUTCOMES} />
      {showOrganization && (
        <FilterPicker
          label="Connection of"
          param="organization"
          searchUrl="/api/organizations"
          first={DEFAULT_CONNECTION}
          chosenName={chosenName}
        />
      )}
    </div>
  );
}
