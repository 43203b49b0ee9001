"use client";

import { useForm } from "@conform-to/react";
import { parseWithZod } from "@conform-to/zod/v4";
import { useActionState } from "react";
import { CreatedApiKey, type CreatedKey } from "@/components/api-keys/created-api-key";
import { PermissionFields } from "@/components/api-keys/permission-fields";
import type { FormState } from "@/components/auth/form-action";
import { FormFailure } from "@/components/auth/form-failure";
import { ButtonLink } from "@/components/ui/button-link";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { SubmitButton } from "@/components/ui/submit-button";
import { apiKeyFormSchema } from "@/lib/api-keys/schema";

type State = FormState<CreatedKey>;

export interface CreateApiKeyFormProps {
  action: (last: State | null, form: FormData) => Promise<State>;
  /** The provider's first. */
  organizations: ReadonlyArray<{ id: string; name: string }>;
  /** The one creating may give `credentials:read`. */
  mayReadCredentials: boolean;
  publicUrl: string;
}

const LIFETIMES = [
  { value: "never", label: "Never" },
  { value: "30", label: "In 30 days" },
  { value: "90", label: "In 90 days" },
  { value: "365", label: "In a year" },
];

/** Name, organization, permissions, expiry; then the key itself, shown this once. */
export function CreateApiKeyForm(props: CreateApiKeyFormProps) {
  const { action, organizations, mayReadCredentials, publicUrl } = props;
  const [state, submit] = useActionState(action, null);
  const [form, fields] = useForm({
    id: "create-api-key",
    lastResult: state?.lastResult ?? null,
    defaultValue: {
      organizationId: organizations[0]?.id,
      lifetime: "never",
      permissions: ["integrations:read"],
    },
    onValidate: ({ formData }) => parseWithZod(formData, { schema: apiKeyFormSchema }),
    shouldRevalidate: "onInput",
  });
  if (state?.result?.ok) return <CreatedApiKey created={state.result.value} publicUrl={publicUrl} />;
  return (
    <form
      id={form.id}
      action={submit}
      onSubmit={form.onSubmit}
      noValidate
      className="flex max-w-lg flex-col gap-4"
    >
      <FormFailure errors={form.errors} title="The key was not created" />
      <Field
        label="Name"
        id={fields.name.id}
        error={fields.name.errors}
        hint="Who or what uses the key."
        required
      >
        <Input
          name={fields.name.name}
          defaultValue={fields.name.initialValue}
          autoComplete="off"
          maxLength={100}
        />
      </Field>
      <Field
        label="Organization"
        id={fields.organizationId.id}
        error={fields.organizationId.errors}
        hint="Whom calls with this key speak for. A key of the provider organization may name any organization."
        required
      >
        <Select
          name={fields.organizationId.name}
          defaultValue={fields.organizationId.initialValue}
          options={organizations.map(({ id, name }) => ({ value: id, label: name }))}
        />
      </Field>
      <PermissionFields
        name={fields.permissions.name}
        errorId={`${fields.permissions.id}-error`}
        errors={fields.permissions.errors}
        mayReadCredentials={mayReadCredentials}
      />
      <Field label="Expires" id={fields.lifetime.id} error={fields.lifetime.errors}>
        <Select name={fields.lifetime.name} defaultValue={fields.lifetime.initialValue} options={LIFETIMES} />
      </Field>
      <div className="flex gap-2">
        <SubmitButton>Create API key</SubmitButton>
        <ButtonLink href="/settings/api-keys">Cancel</ButtonLink>
      </div>
    </form>
  );
}
