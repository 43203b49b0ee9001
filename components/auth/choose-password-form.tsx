"use client";

import { FormFailure } from "@/components/auth/form-failure";
import type { FormAction } from "@/components/patterns/form-state";
import { useServerForm } from "@/components/patterns/use-server-form";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { SubmitButton } from "@/components/ui/submit-button";
import { MIN_PASSWORD_LENGTH } from "@/lib/auth/password-policy";

export interface ChoosePasswordFormProps {
  action: FormAction;
  /** Whose password it is: password managers file it under this. */
  email: string;
}

/** An invited user's first password. */
export function ChoosePasswordForm({ action, email }: ChoosePasswordFormProps) {
  const { formProps, pending, errorsOf, formErrors } = useServerForm("choose-password", action);
  return (
    <form {...formProps} className="flex flex-col gap-4">
      <FormFailure errors={formErrors} title="The password was not set" />
      <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
      <Field
        label="Password"
        id="choose-password-password"
        error={errorsOf("password")}
        hint={`At least ${MIN_PASSWORD_LENGTH} characters. A few words in a row are easy to remember.`}
      >
        <Input type="password" autoComplete="new-password" name="password" />
      </Field>
      <SubmitButton pending={pending} className="w-full">
        Set password and sign in
      </SubmitButton>
    </form>
  );
}
