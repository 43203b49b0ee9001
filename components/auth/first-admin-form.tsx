"use client";

import { FormFailure } from "@/components/auth/form-failure";
import type { FormAction } from "@/components/patterns/form-state";
import { useServerForm } from "@/components/patterns/use-server-form";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { SubmitButton } from "@/components/ui/submit-button";
import { MIN_PASSWORD_LENGTH } from "@/lib/auth/password-policy";

/** Name, email and password of the first admin. */
export function FirstAdminForm({ action }: { action: FormAction }) {
  const { formProps, pending, errorsOf, typedIn, formErrors } = useServerForm("first-admin", action);
  return (
    <form {...formProps} className="flex flex-col gap-4">
      <FormFailure errors={formErrors} title="The account was not created" />
      <Field label="Name" id="first-admin-name" error={errorsOf("name")}>
        <Input autoComplete="name" name="name" defaultValue={typedIn("name")} />
      </Field>
      <Field label="Email" id="first-admin-email" error={errorsOf("email")}>
        <Input type="email" autoComplete="username" name="email" defaultValue={typedIn("email")} />
      </Field>
      <Field
        label="Password"
        id="first-admin-password"
        error={errorsOf("password")}
        hint={`At least ${MIN_PASSWORD_LENGTH} characters. A few words in a row are easy to remember.`}
      >
        <Input type="password" autoComplete="new-password" name="password" />
      </Field>
      <SubmitButton pending={pending} className="w-full">
        Create account
      </SubmitButton>
    </form>
  );
}
