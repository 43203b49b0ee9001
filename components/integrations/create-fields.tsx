"use client";

import { AdvancedFields } from "@/components/integrations/advanced-fields";
import { ConfigFields } from "@/components/integrations/config-fields";
import { configLabel } from "@/components/integrations/config-label";
import {
  DefaultEntityIdField,
  DescriptionField,
  EntityDataProviderField,
  NameField,
} from "@/components/integrations/identity-fields";
import { FlowTypeField, OAuthFields } from "@/components/integrations/oauth-fields";
import { OwnerField } from "@/components/integrations/owner-field";
import { blankHint } from "@/components/integrations/preset-values";
import { RedirectUri } from "@/components/integrations/redirect-uri";
import type { IntegrationForm } from "@/components/integrations/use-integration-form";
import { useRedirectUriPreview } from "@/components/integrations/use-redirect-uri-preview";
import { FormSection } from "@/components/ui/form-section";
import type { Preset } from "@/lib/presets/schema";

export interface CreateFieldsProps {
  form: IntegrationForm;
  preset: Preset | null;
}

/** Identity, then OAuth, of a new integration. */
export function CreateFields({ form, preset }: CreateFieldsProps) {
  const redirectUri = useRedirectUriPreview(form.values["name"] ?? "");
  const interactive = form.values["oauth.flowType"] === "authorization_code";
  const hasNoOAuth = preset !== null && preset.flowType === null;
  const configFields = (preset?.configFields ?? []).map((field) => {
    const blank = preset?.blanks.find((each) => each.field === `config.${field.key}`);
    return {
      ...field,
      label: blank?.label ?? configLabel(field.key),
      hint: blank?.hint ?? field.description,
    };
  });
  return (
    <div className="flex min-w-0 flex-col gap-3">
      <FormSection title="Identity" columns={2}>
        <div className="grid gap-x-5 gap-y-3.5 lg:col-span-2 lg:grid-cols-3">
          <OwnerField form={form} />
          <NameField form={form} />
          <DescriptionField form={form} />
        </div>
        <DefaultEntityIdField form={form} hint={blankHint(preset, "defaultEntityId")} />
        <EntityDataProviderField form={form} />
        {interactive && (
          <RedirectUri
            className="lg:col-span-2"
            value={redirectUri}
            placeholder="Stands here as soon as there is a name"
          />
        )}
      </FormSection>
      <FormSection title={hasNoOAuth ? "Configuration" : "OAuth"} columns={2}>
        {!hasNoOAuth && <FlowTypeField form={form} />}
        <ConfigFields form={form} fields={configFields} usesUrls={!hasNoOAuth} />
        <OAuthFields form={form} clientSecret={null} preset={preset} />
        <div className="lg:col-span-2">
          <AdvancedFields form={form} privateKey={null} />
        </div>
      </FormSection>
    </div>
  );
}
