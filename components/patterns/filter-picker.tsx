"use client";

import { X } from "lucide-react";
import { useState } from "react";
import { SearchPicker, type PickedItem } from "@/components/patterns/search-picker";
import { useUrlParam } from "@/components/patterns/use-url-param";
import { Field } from "@/components/ui/field";

export interface FilterPickerProps {
  /** What is filtered by: "Organization". */
  label: string;
  /** The search parameter that holds the chosen id. */
  param: string;
  searchUrl: string;
  /** Offered before what is found. */
  first?: PickedItem;
  /** The name of what is chosen now; null where nothing is. */
  chosenName: string | null;
}

/** A filter of a list by one of more things than a select can hold; its choice lives in the address. */
export function FilterPicker({ label, param, searchUrl, first, chosenName }: FilterPickerProps) {
  const { value, set } = useUrlParam(param);
  const [name, setName] = useState<string | null>(null);
  if (value !== "") {
    return (
      <button
        type="button"
        onClick={() => set("")}
        className="inline-flex control w-auto max-w-64 items-center gap-2 font-medium"
      >
        <span className="truncate">
          {label}: {name ?? chosenName ?? "unknown"}
        </span>
        <X aria-hidden className="size-4 shrink-0 text-muted" />
        <span className="sr-only">Remove filter</span>
      </button>
    );
  }
  return (
    <Field label={label} hideLabel className="w-56 max-sm:w-full">
      <SearchPicker
        single
        searchUrl={searchUrl}
        first={first}
        picked={[]}
        placeholder={`${label}: any`}
        onChange={([item]) => {
          if (!item) return;
          setName(item.name);
          set(item.id);
        }}
      />
    </Field>
  );
}
