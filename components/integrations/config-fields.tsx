"use client";

import { TextField } from "@/components/integrations/form-field";
import type { IntegrationForm } from "@/components/integrations/use-integration-form";

export interface ConfigFieldInput {
  key: string;
  label: string;
  required: boolean;
  hint: string;
}

/** What a config field is called beside its input; `base_url` is the one that the SDK knows too. */
export function configLabel(key: string): string {
  return key === "base_url" ? "Base URL" : key;
}

/** The values that an integration's URLs are filled with. */
export function ConfigFields({
  form,
  fields,
}: {
  form: IntegrationForm;
  fields: readonly ConfigFieldInput[];
}) {
  return fields.map(({ key, label, required, hint }) => (
    <TextField
      key={key}
      form={form}
      name={`config.${key}`}
      label={label}
      required={required}
      mono
      hint={key === "base_url" ? hint : `${hint.replace(/\.?$/, ".")} Stands for {${key}} in URLs.`}
    />
  ));
}
