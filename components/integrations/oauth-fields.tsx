"use client";

import { TextAreaField, TextField, SelectField } from "@/components/integrations/form-field";
import { NO_OAUTH } from "@/components/integrations/form-values";
import { fieldId, messagesFor, type IntegrationForm } from "@/components/integrations/use-integration-form";
import { SecretField } from "@/components/patterns/secret-field";
import { blankHint } from "@/components/integrations/preset-values";
import type { SecretState } from "@/lib/integrations/schema";
import type { Preset } from "@/lib/presets/schema";

export interface OAuthFieldsProps {
  form: IntegrationForm;
  clientSecret: SecretState | null;
  preset?: Preset | null;
}

const flowTypes = [
  { value: "authorization_code", label: "Authorization Code (Interactive)" },
  { value: "client_credentials", label: "Client Credentials" },
  { value: NO_OAUTH, label: "No OAuth" },
];

const flowHints: Record<string, string> = {
  authorization_code: "Somebody signs in at the service and consents, once.",
  client_credentials: "The service gives tokens to the client itself; nobody signs in.",
  [NO_OAUTH]: "Scripts get the configuration alone.",
};

export function FlowTypeField({ form }: { form: IntegrationForm }) {
  const flow = form.values["oauth.flowType"] ?? "";
  return (
    <SelectField
      form={form}
      name="oauth.flowType"
      label="OAuth Flow Type"
      options={flowTypes}
      hint={flowHints[flow]}
    />
  );
}

/** The OAuth settings that every service needs; nothing is shown for No OAuth. */
export function OAuthFields({ form, clientSecret, preset = null }: OAuthFieldsProps) {
  const flow = form.values["oauth.flowType"];
  if (flow === NO_OAUTH) return null;
  const isPublic = form.values["oauth.tokenEndpointAuthMethod"] === "none";
  return (
    <>
      <TextField
        form={form}
        name="oauth.clientId"
        label="Client ID"
        required
        mono
        hint={blankHint(preset, "oauth.clientId")}
      />
      <SecretField
        key={`secret-${form.round}`}
        id={fieldId("oauth.clientSecret")}
        label="Client Secret"
        name="oauth.clientSecret"
        stored={clientSecret && { at: clientSecret.setAt, by: clientSecret.setBy }}
        error={messagesFor(form.errors, "oauth.clientSecret")}
        hint={isPublic ? "A public client needs none." : blankHint(preset, "oauth.clientSecret")}
      />
      <TextAreaField
        form={form}
        name="oauth.scopes"
        label="Scopes"
        mono
        placeholder="offline_access Directory.Read.All"
        hint={blankHint(preset, "oauth.scopes")}
      />
      {flow === "authorization_code" && (
        <TextField
          form={form}
          name="oauth.authorizationUrl"
          label="Authorization URL"
          type="url"
          required
          mono
        />
      )}
      <TextField form={form} name="oauth.tokenUrl" label="Token URL" type="url" required mono />
    </>
  );
}
