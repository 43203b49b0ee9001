"use client";

import { TextField } from "@/components/integrations/form-field";
import { fieldId, messagesFor, type IntegrationForm } from "@/components/integrations/use-integration-form";
import { SecretField } from "@/components/patterns/secret-field";
import type { SecretState } from "@/lib/integrations/schema";

/** The key that signs the client's assertions. */
export function PrivateKeyFields(props: { form: IntegrationForm; privateKey: SecretState | null }) {
  const { form, privateKey } = props;
  return (
    <>
      <SecretField
        key={`key-${form.round}`}
        id={fieldId("oauth.privateKey")}
        label="Private key"
        multiline
        name="oauth.privateKey"
        stored={privateKey && { at: privateKey.setAt, by: privateKey.setBy }}
        error={messagesFor(form.errors, "oauth.privateKey")}
        hint="PKCS#8 PEM, with its BEGIN and END lines."
      />
      <TextField form={form} name="oauth.privateKeyId" label="Private key ID" mono hint="Sent as kid." />
      <TextField
        form={form}
        name="oauth.privateKeyAlgorithm"
        label="Signing algorithm"
        mono
        placeholder="RS256"
        hint="Left blank: by the kind of key."
      />
    </>
  );
}
