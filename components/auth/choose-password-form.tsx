"use client";

import type { FormAction } from "@/components/auth/form-action";
import { FormFailure } from "@/components/auth/form-failure";
import { useFormAction } from "@/components/auth/use-form-action";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { SubmitButton } from "@/components/ui/submit-button";
import { MIN_PASSWORD_LENGTH } from "@/lib/auth/password-policy";
import { choosePasswordSchema } from "@/lib/users/schema";

export interface ChoosePasswordFormProps {
  action: FormAction;
  /** Whose password it is: password managers file it under this. */
  email: string;
}

/** An invited user's first password. */
export function ChoosePasswordForm({ action, email }: ChoosePasswordFormProps) {
  const { formProps, fields, errors, pending } = useFormAction(
    "choose-password",
    action,
    choosePasswordSchema,
  );
  return (
    <form {...formProps} className="flex flex-col gap-4">
      <FormFailure errors={errors} title="The password was not set" />
      <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
      <Field
        label="Password"
        id={fields.password.id}
        error={fields.password.errors}
        hint={`At least ${MIN_PASSWORD_LENGTH} characters. A few words in a row are easy to remember.`}
      >
        <Input type="password" autoComplete="new-password" name={fields.password.name} />
      </Field>
      <SubmitButton pending={pending} className="w-full">
        Set password and sign in
      </SubmitButton>
    </form>
  );
}
