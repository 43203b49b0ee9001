"use client";

import { fieldId, messagesFor, type IntegrationForm } from "@/components/integrations/use-integration-form";
import { SecretField } from "@/components/patterns/secret-field";
import { TextControl } from "@/components/patterns/text-control";
import { Field } from "@/components/ui/field";
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
        multiline="pasted"
        name={`config.${key}`}
        stored={null}
        required={required}
        hint={hint}
        error={messagesFor(form.errors, `config.${key}`)}
      />
    ) : (
      <Field
        key={key}
        id={fieldId(`config.${key}`)}
        label={label}
        required={required}
        hint={
          usesUrls && key !== "base_url" ? `${hint.replace(/\.?$/, ".")} Stands for {${key}} in URLs.` : hint
        }
        error={messagesFor(form.errors, `config.${key}`)}
      >
        <TextControl
          name={`config.${key}`}
          value={form.values[`config.${key}`] ?? ""}
          onText={(text) => form.set(`config.${key}`, text)}
        />
      </Field>
    ),
  );
}
