"use client";

import { OUTCOME_WORDS } from "@/components/activity/activity-words";
import { FilterPicker } from "@/components/patterns/filter-picker";
import { FilterSelect } from "@/components/patterns/filter-select";

const OUTCOMES = [
  { value: "success", label: OUTCOME_WORDS.success },
  { value: "failed", label: "Failed, however" },
  ...(["needs_person", "client", "configuration", "passing", "unknown", "unsent", "superseded"] as const).map(
    (value) => ({
      value,
      label: OUTCOME_WORDS[value],
    }),
  ),
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
