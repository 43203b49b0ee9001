"use client";

import { TextField } from "@/components/integrations/form-field";
import { fieldId, messagesFor, type IntegrationForm } from "@/components/integrations/use-integration-form";
import { SecretField } from "@/components/patterns/secret-field";
import type { ConfigFieldType } from "@/lib/integrations/rules";

export interface ConfigFieldInput {
  key: string;
  type: ConfigFieldType;
  label: string;
  required: boolean;
  hint: string;
}

/** The values that an integration's URLs are filled with. */
export function ConfigFields({
  form,
  fields,
  usesUrls,
}: {
  form: IntegrationForm;
  fields: readonly ConfigFieldInput[];
  /** The OAuth URLs below have placeholders for them. */
  usesUrls: boolean;
}) {
  return fields.map(({ key, type, label, required, hint }) =>
    type === "secret" ? (
      <SecretField
        key={`${key} ${form.round}`}
        id={fieldId(`config.${key}`)}
        label={label}
        name={`config.${key}`}
        stored={null}
        required={required}
        hint={hint}
        error={messagesFor(form.errors, `config.${key}`)}
      />
    ) : (
      <TextField
        key={key}
        form={form}
        name={`config.${key}`}
        label={label}
        required={required}
        mono
        hint={
          usesUrls && key !== "base_url" ? `${hint.replace(/\.?$/, ".")} Stands for {${key}} in URLs.` : hint
        }
      />
    ),
  );
}
