"use client";

import type { ReactNode } from "react";
import { fieldId, messagesFor, type IntegrationForm } from "@/components/integrations/use-integration-form";
import { Checkbox } from "@/components/ui/checkbox";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Select, type SelectOption } from "@/components/ui/select";
import { Textarea } from "@/components/ui/textarea";

interface FormFieldProps {
  form: IntegrationForm;
  /** The name in the schema, dotted. */
  name: string;
  label: string;
  hint?: ReactNode;
  required?: boolean;
  className?: string;
}

interface TextFieldProps extends FormFieldProps {
  mono?: boolean;
  placeholder?: string;
  type?: "text" | "url" | "date" | "number";
}

/** One line of text of the integration form. */
export function TextField({ form, name, mono, placeholder, type, ...field }: TextFieldProps) {
  return (
    <Field {...field} id={fieldId(name)} error={messagesFor(form.errors, name)}>
      <Input
        name={name}
        // Not type=url: the browser would refuse the {placeholders} that a URL may have here.
        type={type === "date" ? "date" : "text"}
        inputMode={type === "url" ? "url" : type === "number" ? "numeric" : undefined}
        mono={mono}
        autoComplete="off"
        placeholder={placeholder}
        value={form.values[name] ?? ""}
        onChange={(event) => form.set(name, event.target.value)}
      />
    </Field>
  );
}

/** Several lines of text of the integration form. */
export function TextAreaField({
  form,
  name,
  mono,
  placeholder,
  rows,
  ...field
}: TextFieldProps & { rows?: number }) {
  return (
    <Field {...field} id={fieldId(name)} error={messagesFor(form.errors, name)}>
      <Textarea
        name={name}
        mono={mono}
        rows={rows ?? 1}
        placeholder={placeholder}
        value={form.values[name] ?? ""}
        onChange={(event) => form.set(name, event.target.value)}
      />
    </Field>
  );
}

export function SelectField({
  form,
  name,
  options,
  ...field
}: FormFieldProps & { options: readonly SelectOption[] }) {
  return (
    <Field {...field} id={fieldId(name)} error={messagesFor(form.errors, name)}>
      <Select
        name={name}
        options={options}
        value={form.values[name] ?? ""}
        onChange={(event) => form.set(name, event.target.value)}
      />
    </Field>
  );
}

export function CheckField({ form, name, label, hint }: FormFieldProps) {
  return (
    <Checkbox
      id={fieldId(name)}
      name={name}
      label={label}
      hint={hint}
      error={messagesFor(form.errors, name)}
      checked={form.values[name] === "on"}
      onChange={(event) => form.set(name, event.target.checked ? "on" : "")}
    />
  );
}
