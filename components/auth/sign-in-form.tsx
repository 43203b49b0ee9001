"use client";

import { useForm } from "@conform-to/react";
import { parseWithZod } from "@conform-to/zod/v4";
import { useActionState } from "react";
import type { FormAction } from "@/components/auth/form-action";
import { FormFailure } from "@/components/auth/form-failure";
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
  const [state, submit] = useActionState(action, null);
  const [form, fields] = useForm({
    id: "sign-in",
    lastResult: state?.lastResult ?? null,
    onValidate: ({ formData }) => parseWithZod(formData, { schema: signInSchema }),
    shouldRevalidate: "onInput",
  });
  return (
    <form id={form.id} action={submit} onSubmit={form.onSubmit} noValidate className="flex flex-col gap-4">
      <FormFailure errors={form.errors} title="Not signed in" />
      <input type="hidden" name={fields.next.name} value={next} />
      <Field label="Email" id={fields.email.id} error={fields.email.errors}>
        <Input
          type="email"
          autoComplete="username"
          autoFocus
          name={fields.email.name}
          defaultValue={fields.email.initialValue}
        />
      </Field>
      <Field label="Password" id={fields.password.id} error={fields.password.errors}>
        <Input type="password" autoComplete="current-password" name={fields.password.name} />
      </Field>
      <SubmitButton className="w-full">Sign in</SubmitButton>
    </form>
  );
}
