"use client";

import type { FormAction } from "@/components/auth/form-action";
import { FormFailure } from "@/components/auth/form-failure";
import { useFormAction } from "@/components/auth/use-form-action";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { SubmitButton } from "@/components/ui/submit-button";
import { signInSchema } from "@/lib/users/schema";

export interface SignInFormProps {
  action: FormAction;
  /** Where to go afterwards. */
  next: string;
}

/** Email and password. Works before any script runs: the form then posts to the same action. */
export function SignInForm({ action, next }: SignInFormProps) {
  const { formProps, fields, errors, pending } = useFormAction("sign-in", action, signInSchema);
  return (
    <form {...formProps} className="flex flex-col gap-4">
      <FormFailure errors={errors} title="Not signed in" />
      <input type="hidden" name={fields.next.name} value={next} />
      <Field label="Email" id={fields.email.id} error={fields.email.errors}>
        <Input
          type="email"
          autoComplete="username"
          name={fields.email.name}
          defaultValue={fields.email.initialValue}
        />
      </Field>
      <Field label="Password" id={fields.password.id} error={fields.password.errors}>
        <Input type="password" autoComplete="current-password" name={fields.password.name} />
      </Field>
      <SubmitButton pending={pending} className="w-full">
        Sign in
      </SubmitButton>
    </form>
  );
}
