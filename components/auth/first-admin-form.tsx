"use client";

import type { FormAction } from "@/components/auth/form-action";
import { FormFailure } from "@/components/auth/form-failure";
import { useFormAction } from "@/components/auth/use-form-action";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { SubmitButton } from "@/components/ui/submit-button";
import { MIN_PASSWORD_LENGTH } from "@/lib/auth/password-policy";
import { firstAdminSchema } from "@/lib/users/schema";

/** Name, email and password of the first admin. */
export function FirstAdminForm({ action }: { action: FormAction }) {
  const { formProps, fields, errors, pending } = useFormAction("first-admin", action, firstAdminSchema);
  return (
    <form {...formProps} className="flex flex-col gap-4">
      <FormFailure errors={errors} title="The account was not created" />
      <Field label="Name" id={fields.name.id} error={fields.name.errors}>
        <Input autoComplete="name" name={fields.name.name} defaultValue={fields.name.initialValue} />
      </Field>
      <Field label="Email" id={fields.email.id} error={fields.email.errors}>
        <Input
          type="email"
          autoComplete="username"
          name={fields.email.name}
          defaultValue={fields.email.initialValue}
        />
      </Field>
      <Field
        label="Password"
        id={fields.password.id}
        error={fields.password.errors}
        hint={`At least ${MIN_PASSWORD_LENGTH} characters. A few words in a row are easy to remember.`}
      >
        <Input type="password" autoComplete="new-password" name={fields.password.name} />
      </Field>
      <SubmitButton pending={pending} className="w-full">
        Create account
      </SubmitButton>
    </form>
  );
}
