"use client";

import { useEffect } from "react";
import type { FormAction } from "@/components/auth/form-action";
import { FormFailure } from "@/components/auth/form-failure";
import { useFormAction } from "@/components/auth/use-form-action";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { SubmitButton } from "@/components/ui/submit-button";
import { toastSuccess } from "@/components/ui/toast";
import { MIN_PASSWORD_LENGTH } from "@/lib/auth/password-policy";
import { changePasswordSchema } from "@/lib/users/schema";

export interface ChangePasswordFormProps {
  action: FormAction;
  email: string;
}

/** The current password, and the one to use from now on. */
export function ChangePasswordForm({ action, email }: ChangePasswordFormProps) {
  const { formProps, fields, errors, pending, result } = useFormAction(
    "change-password",
    action,
    changePasswordSchema,
  );
  useEffect(() => {
    if (result?.ok) toastSuccess("Password changed", "Your other sessions have ended.");
  }, [result]);
  return (
    <form {...formProps} className="flex max-w-sm flex-col gap-3.5">
      <FormFailure errors={errors} title="The password was not changed" />
      <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
      <Field label="Current password" id={fields.currentPassword.id} error={fields.currentPassword.errors}>
        <Input type="password" autoComplete="current-password" name={fields.currentPassword.name} />
      </Field>
      <Field
        label="New password"
        id={fields.newPassword.id}
        error={fields.newPassword.errors}
        hint={`At least ${MIN_PASSWORD_LENGTH} characters. Your other sessions end.`}
      >
        <Input type="password" autoComplete="new-password" name={fields.newPassword.name} />
      </Field>
      <div>
        <SubmitButton pending={pending}>Change password</SubmitButton>
      </div>
    </form>
  );
}
