"use client";

import { CheckField, SelectField, TextAreaField, TextField } from "@/components/integrations/form-field";
import { PrivateKeyFields } from "@/components/integrations/private-key-fields";
import type { IntegrationForm } from "@/components/integrations/use-integration-form";
import type { SecretState } from "@/lib/integrations/schema";

const authMethods = [
  { value: "client_secret_post", label: "Client secret in the body (post)" },
  { value: "client_secret_basic", label: "Client secret in the header (basic)" },
  { value: "client_secret_basic_raw", label: "Client secret in the header, not encoded" },
  { value: "private_key_jwt", label: "Signed with a private key (private_key_jwt)" },
  { value: "none", label: "None: a public client" },
];

const formats = [
  { value: "form", label: "Form" },
  { value: "json", label: "JSON" },
];

const separators = [
  { value: " ", label: "Space" },
  { value: ",", label: "Comma" },
];

/** How the service wants to be asked: its further URLs, parameters, and how the client proves itself. */
export function AdvancedRequestFields(props: { form: IntegrationForm; privateKey: SecretState | null }) {
  const { form, privateKey } = props;
  const interactive = form.values["oauth.flowType"] === "authorization_code";
  return (
    <fieldset className="grid min-w-0 gap-x-5 gap-y-3.5 lg:grid-cols-2">
      <legend className="mb-2 text-sm font-medium text-muted">Requests to the service</legend>
      <SelectField
        form={form}
        name="oauth.tokenEndpointAuthMethod"
        label="Token endpoint authentication"
        options={authMethods}
      />
      <SelectField
        form={form}
        name="oauth.tokenRequestFormat"
        label="Token request format"
        options={formats}
      />
      {form.values["oauth.tokenEndpointAuthMethod"] === "private_key_jwt" && (
        <PrivateKeyFields form={form} privateKey={privateKey} />
      )}
      <TextField
        form={form}
        name="oauth.revocationUrl"
        label="Revocation URL"
        type="url"
        mono
        hint="Disconnect tells the service there (RFC 7009)."
      />
      <TextField
        form={form}
        name="oauth.identityUrl"
        label="Identity URL"
        type="url"
        mono
        hint="Asked once after a consent: whose account is it?"
      />
      <TextField
        form={form}
        name="oauth.issuer"
        label="Issuer"
        mono
        hint="Where the service comes back with an iss, it must be exactly this. Blank: not compared."
      />
      <TextField form={form} name="oauth.audience" label="Audience" mono />
      {interactive && (
        <TextAreaField
          form={form}
          name="oauth.authorizationParams"
          label="Extra authorization parameters"
          mono
          placeholder={"prompt=consent\naccess_type=offline"}
          hint="name=value, one a line."
        />
      )}
      <TextAreaField
        form={form}
        name="oauth.tokenParams"
        label="Extra token parameters"
        mono
        hint="name=value, one a line."
      />
      <SelectField form={form} name="oauth.scopeSeparator" label="Scope separator" options={separators} />
      <TextField
        form={form}
        name="oauth.clientSecretExpiresAt"
        label="Secret expires on"
        type="date"
        hint="A reminder for you; the service decides."
      />
      {interactive && (
        <CheckField
          form={form}
          name="oauth.pkce"
          label="PKCE"
          hint="Turn it off only for services that refuse it."
        />
      )}
    </fieldset>
  );
}
