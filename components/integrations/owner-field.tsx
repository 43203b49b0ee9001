"use client";

import { useState } from "react";
import { fieldId, messagesFor, type IntegrationForm } from "@/components/integrations/use-integration-form";
import { SearchPicker, type PickedItem } from "@/components/patterns/search-picker";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";

const NAME = "organizationId";
/** No id, so that the server refuses it: blank would be Global. */
const NOT_CHOSEN = "not chosen";

/** Global, or the one organization that owns the integration, searched for by its name. */
export function OwnerField({ form }: { form: IntegrationForm }) {
  const [picked, setPicked] = useState<PickedItem[]>([]);
  const isOwned = form.values[NAME] !== "";
  const errors = messagesFor(form.errors, NAME);
  const pick = (items: PickedItem[]) => {
    setPicked(items);
    form.set(NAME, items[0]?.id ?? NOT_CHOSEN);
  };
  return (
    <div className="flex min-w-0 flex-col gap-2">
      <Field label="Organization" id={fieldId(NAME)} error={isOwned ? null : errors}>
        <Select
          options={[
            { value: "", label: "Global" },
            { value: "one", label: "One organization" },
          ]}
          value={isOwned ? "one" : ""}
          onChange={(event) => (event.target.value === "" ? form.set(NAME, "") : pick(picked))}
        />
      </Field>
      {isOwned && (
        <Field label="Owned by" id={fieldId(`${NAME}-owner`)} error={errors}>
          <SearchPicker
            single
            searchUrl="/api/organizations?active=1"
            picked={picked}
            onChange={pick}
            placeholder="Search organizations"
          />
        </Field>
      )}
    </div>
  );
}
