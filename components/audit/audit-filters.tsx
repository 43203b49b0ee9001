"use client";

import { ACTION_WORDS, actionLabel } from "@/components/audit/action-words";
import { FilterDate } from "@/components/patterns/filter-date";
import { FilterPicker } from "@/components/patterns/filter-picker";
import { FilterSelect } from "@/components/patterns/filter-select";
import { SearchInput } from "@/components/patterns/search-input";

const actions = Object.keys(ACTION_WORDS).map((action) => ({ value: action, label: actionLabel(action) }));

export interface AuditFiltersProps {
  /** Null: one organization's log; else the name of the one chosen, "" where none is. */
  organizationName: string | null;
}

/** Who, what, on what, whose and when; all of it lives in the address. */
export function AuditFilters({ organizationName }: AuditFiltersProps) {
  return (
    <div className="flex flex-wrap items-center gap-2">
      <SearchInput label="Who" param="who" />
      <SearchInput label="On what (exact name or ID)" param="target" hasShortcut={false} />
      <FilterSelect label="Action" param="action" options={actions} />
      {organizationName !== null && (
        <FilterPicker
          label="Organization"
          param="organization"
          searchUrl="/api/organizations"
          chosenName={organizationName || null}
        />
      )}
      <FilterDate label="From" param="from" />
      <FilterDate label="To" param="to" />
    </div>
  );
}
