"use client";

import { TextAreaField, TextField } from "@/components/integrations/form-field";
import type { IntegrationForm } from "@/components/integrations/use-integration-form";

export function NameField({ form }: { form: IntegrationForm }) {
  return <TextField form={form} name="name" label="Name" required placeholder="Microsoft_Graph" />;
}

export function DescriptionField({ form }: { form: IntegrationForm }) {
  return (
    <TextAreaField
      form={form}
      name="description"
      label="Description"
      placeholder="Microsoft Graph API connection"
    />
  );
}

export function EntityDataProviderField({ form }: { form: IntegrationForm }) {
  return (
    <TextField
      form={form}
      name="entityDataProvider"
      label="Entity Data Provider"
      hint="A workflow that lists this service's customers."
    />
  );
}

export function DefaultEntityIdField({ form, hint }: { form: IntegrationForm; hint?: string }) {
  return (
    <TextField
      form={form}
      name="defaultEntityId"
      label="Default Entity ID"
      mono
      hint={hint ?? "The customer's ID at this service, e.g. an Entra tenant ID."}
    />
  );
}
