"use client";

import { TextField } from "@/components/integrations/form-field";
import type { IntegrationForm } from "@/components/integrations/use-integration-form";

export interface ConfigFieldInput {
  key: string;
  label: string;
  required: boolean;
  hint: string;
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
      hint={`${hint.replace(/\.?$/, ".")} Stands for {${key}} in URLs.`}
    />
  ));
}
