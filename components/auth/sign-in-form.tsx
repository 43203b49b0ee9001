"use client";

import { FormFailure } from "@/components/auth/form-failure";
import type { FormAction } from "@/components/patterns/form-state";
import { useServerForm } from "@/components/patterns/use-server-form";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { SubmitButton } from "@/components/ui/submit-button";

export interface SignInFormProps {
  action: FormAction;
  /** Where to go afterwards. */
  next: string;
}

/** Email and password. Works before any script runs: the form then posts to the same action. */
export function SignInForm({ action, next }: SignInFormProps) {
  const { formProps, pending, errorsOf, typedIn, formErrors } = useServerForm("sign-in", action);
  return (
    <form {...formProps} className="flex flex-col gap-4">
      <FormFailure errors={formErrors} title="Not signed in" />
      <input type="hidden" name="next" value={next} />
      <Field label="Email" id="sign-in-email" error={errorsOf("email")}>
        <Input type="email" autoComplete="username" name="email" defaultValue={typedIn("email")} />
      </Field>
      <Field label="Password" id="sign-in-password" error={errorsOf("password")}>
        <Input type="password" autoComplete="current-password" name="password" />
      </Field>
      <SubmitButton pending={pending} className="w-full">
        Sign in
      </SubmitButton>
    </form>
  );
}
