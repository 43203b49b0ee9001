"use client";

import { useForm } from "@conform-to/react";
import { parseWithZod } from "@conform-to/zod/v4";
import { useActionState } from "react";
import type { FormAction } from "@/components/auth/form-action";
import { FormFailure } from "@/components/auth/form-failure";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { SubmitButton } from "@/components/ui/submit-button";
import { MIN_PASSWORD_LENGTH } from "@/lib/auth/password-policy";
import { firstAdminSchema } from "@/lib/users/schema";

/** Name, email and password of the first admin. */
export function FirstAdminForm({ action }: { action: FormAction }) {
  const [state, submit] = useActionState(action, null);
  const [form, fields] = useForm({
    id: "first-admin",
    lastResult: state?.lastResult ?? null,
    onValidate: ({ formData }) => parseWithZod(formData, { schema: firstAdminSchema }),
    shouldRevalidate: "onInput",
  });
  return (
    <form id={form.id} action={submit} onSubmit={form.onSubmit} noValidate className="flex flex-col gap-4">
      <FormFailure errors={form.errors} title="The account was not created" />
      <Field label="Name" id={fields.name.id} error={fields.name.errors}>
        <Input
          autoComplete="name"
          autoFocus
          name={fields.name.name}
          defaultValue={fields.name.initialValue}
        />
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
      <SubmitButton className="w-full">Create account</SubmitButton>
    </form>
  );
}
