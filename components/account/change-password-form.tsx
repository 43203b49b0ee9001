"use client";

import { useEffect } from "react";
import { FormFailure } from "@/components/auth/form-failure";
import type { FormAction } from "@/components/patterns/form-state";
import { useServerForm } from "@/components/patterns/use-server-form";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { SubmitButton } from "@/components/ui/submit-button";
import { toastSuccess } from "@/components/ui/toast";
import { MIN_PASSWORD_LENGTH } from "@/lib/auth/password-policy";

export interface ChangePasswordFormProps {
  action: FormAction;
  email: string;
}

/** The current password, and the one to use from now on. */
export function ChangePasswordForm({ action, email }: ChangePasswordFormProps) {
  const { formProps, pending, result, errorsOf, formErrors } = useServerForm("change-password", action);
  useEffect(() => {
    if (result?.ok) toastSuccess("Password changed", "Your other sessions have ended.");
  }, [result]);
  return (
    <form {...formProps} className="flex max-w-sm flex-col gap-3.5">
      <FormFailure errors={formErrors} title="The password was not changed" />
      <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
      <Field
        label="Current password"
        id="change-password-currentPassword"
        error={errorsOf("currentPassword")}
      >
        <Input type="password" autoComplete="current-password" name="currentPassword" />
      </Field>
      <Field
        label="New password"
        id="change-password-newPassword"
        error={errorsOf("newPassword")}
        hint={`At least ${MIN_PASSWORD_LENGTH} characters. Your other sessions end.`}
      >
        <Input type="password" autoComplete="new-password" name="newPassword" />
      </Field>
      <div>
        <SubmitButton pending={pending}>Change password</SubmitButton>
      </div>
    </form>
  );
}
