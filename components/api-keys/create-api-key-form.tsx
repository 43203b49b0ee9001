"use client";

import { useState } from "react";
import { CreatedApiKey, type CreatedKey } from "@/components/api-keys/created-api-key";
import { PermissionFields } from "@/components/api-keys/permission-fields";
import { ReachFields } from "@/components/api-keys/reach-fields";
import { FormFailure } from "@/components/auth/form-failure";
import { useHydrated } from "@/components/integrations/use-hydrated";
import { SearchPicker, type PickedItem } from "@/components/patterns/search-picker";
import type { FormAction } from "@/components/patterns/form-state";
import { useServerForm } from "@/components/patterns/use-server-form";
import { ButtonLink } from "@/components/ui/button-link";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { SubmitButton } from "@/components/ui/submit-button";

export interface CreateApiKeyFormProps {
  action: FormAction<CreatedKey>;
  /** The organization of the one creating, whose key it is unless another is chosen. */
  home: PickedItem;
  /** The one creating is the provider's: may choose among all organizations, and give `credentials:read`. */
  isProvider: boolean;
  publicUrl: string;
}

const LIFETIMES = [
  { value: "never", label: "Never" },
  { value: "30", label: "In 30 days" },
  { value: "90", label: "In 90 days" },
  { value: "365", label: "In a year" },
];

/** Name, organization, permissions, limits, expiry; then the key itself, shown this once. */
export function CreateApiKeyForm({ action, home, isProvider, publicUrl }: CreateApiKeyFormProps) {
  const hydrated = useHydrated();
  const { formProps, pending, result, errorsOf, formErrors } = useServerForm("create-api-key", action);
  const [organization, setOrganization] = useState<PickedItem[]>([home]);
  if (result?.ok) return <CreatedApiKey created={result.value} publicUrl={publicUrl} />;
  const isProvidersKey = isProvider && organization[0]?.id === home.id;
  return (
    <form {...formProps} className="flex max-w-lg flex-col gap-4">
      <FormFailure errors={formErrors} title="The key was not created" />
      <fieldset disabled={!hydrated} className="contents">
        <Field
          label="Name"
          id="api-key-name"
          error={errorsOf("name")}
          hint="Who or what uses the key."
          required
        >
          <Input name="name" autoComplete="off" maxLength={100} />
        </Field>
        {isProvider ? (
          <Field
            label="Organization"
            id="api-key-organization"
            error={errorsOf("organizationId")}
            hint="Whom calls with this key speak for. A key of the provider organization may name any organization."
            required
          >
            <SearchPicker
              single
              name="organizationId"
              searchUrl="/api/organizations?active=1"
              picked={organization}
              onChange={setOrganization}
              placeholder="Search organizations"
            />
          </Field>
        ) : (
          <input type="hidden" name="organizationId" value={home.id} />
        )}
        <PermissionFields
          name="permissions"
          errorId="api-key-permissions-error"
          errors={errorsOf("permissions")}
          mayReadCredentials={isProvider}
        />
        <ReachFields
          label="Integrations"
          name="integrations"
          idsName="integrationIds"
          searchUrl="/api/integrations/search"
          allLabel="All that the organization may use, later ones too"
          namedLabel="Only those named"
          errors={errorsOf("integrationIds")}
        />
        {isProvidersKey && (
          <ReachFields
            label="Organizations"
            name="organizations"
            idsName="organizationIds"
            searchUrl="/api/organizations"
            allLabel="All, and the defaults alone"
            namedLabel="Only those named"
            errors={errorsOf("organizationIds")}
          />
        )}
        <Field label="Expires" id="api-key-lifetime" error={errorsOf("lifetime")}>
          <Select name="lifetime" defaultValue="never" options={LIFETIMES} />
        </Field>
        <div className="flex gap-2">
          <SubmitButton pending={pending}>Create API key</SubmitButton>
          <ButtonLink href="/settings/api-keys">Cancel</ButtonLink>
        </div>
      </fieldset>
    </form>
  );
}
