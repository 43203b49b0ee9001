"use client";

import { useId, useState } from "react";
import { SearchPicker, type PickedItem } from "@/components/patterns/search-picker";
import { Field } from "@/components/ui/field";
import { RadioGroup } from "@/components/ui/radio-group";

export interface ReachFieldsProps {
  /** "Integrations". */
  label: string;
  /** Submits `all` or `named`. */
  name: string;
  /** Submits the ids of the named ones. */
  idsName: string;
  searchUrl: string;
  allLabel: string;
  namedLabel: string;
  errors: readonly string[];
}

/** All, or only those named. */
export function ReachFields(props: ReachFieldsProps) {
  const { label, name, idsName, searchUrl, allLabel, namedLabel, errors } = props;
  const id = useId();
  const [reach, setReach] = useState("all");
  const [picked, setPicked] = useState<PickedItem[]>([]);
  return (
    <div className="flex flex-col gap-2">
      <RadioGroup
        label={label}
        name={name}
        value={reach}
        onChange={(event) => setReach(event.target.value)}
        options={[
          { value: "all", label: allLabel },
          { value: "named", label: namedLabel },
        ]}
      />
      {reach === "named" && (
        <Field label={`${label} that the key may use`} id={id} hideLabel error={errors}>
          <SearchPicker
            name={idsName}
            searchUrl={searchUrl}
            picked={picked}
            onChange={setPicked}
            placeholder={`Search ${label.toLowerCase()}`}
          />
        </Field>
      )}
    </div>
  );
}
