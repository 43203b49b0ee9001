"use client";

import { AdvancedFields } from "@/components/integrations/advanced-fields";
import {
  DefaultEntityIdField,
  DescriptionField,
  EntityDataProviderField,
  NameField,
} from "@/components/integrations/identity-fields";
import { FlowTypeField, OAuthFields } from "@/components/integrations/oauth-fields";
import type { IntegrationForm } from "@/components/integrations/use-integration-form";
import { FormSection } from "@/components/ui/form-section";
import type { IntegrationView } from "@/lib/integrations/schema";

export interface SettingsFieldsProps {
  form: IntegrationForm;
  /** The integration as the form was filled from it. */
  view: IntegrationView;
}

/** All settings of an integration: OAuth first, since that is what breaks. */
export function SettingsFields({ form, view }: SettingsFieldsProps) {
  return (
    <>
      <FormSection title="OAuth settings" columns={2}>
        <FlowTypeField form={form} />
        <OAuthFields form={form} clientSecret={view.oauth?.clientSecret ?? null} />
        <div className="lg:col-span-2">
          <AdvancedFields form={form} privateKey={view.oauth?.privateKey ?? null} />
        </div>
      </FormSection>
      <FormSection title="Identity" columns={2}>
        <div className="flex flex-col gap-1">
          <span className="text-sm font-medium">Organization</span>
          <span className="py-1.5">{view.organization?.name ?? "Global"}</span>
        </div>
        <NameField form={form} />
        <DescriptionField form={form} />
        <DefaultEntityIdField form={form} />
        <EntityDataProviderField form={form} />
      </FormSection>
    </>
  );
}
