"use client";

import { useEffect, useEffectEvent } from "react";
import { FormFailure } from "@/components/auth/form-failure";
import { useServerForm } from "@/components/patterns/use-server-form";
import { RoleHint } from "@/components/users/create-user-form";
import type { UserActions } from "@/components/users/user-actions";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import { toastSuccess } from "@/components/ui/toast";
import { ROLE_LABELS, rolesFor } from "@/lib/users/rules";
import type { UserListRow } from "@/lib/users/schema";

export interface ChangeRoleDialogProps {
  user: UserListRow;
  action: UserActions["changeRole"];
  close: () => void;
}

/** Another role for a user, among those that fit the organization. */
export function ChangeRoleDialog({ user, action, close }: ChangeRoleDialogProps) {
  return (
    <Dialog open onOpenChange={close} title={`Change role of ${user.email}`} size="sm">
      <RoleForm user={user} action={action} close={close} />
    </Dialog>
  );
}

function RoleForm({ user, action, close }: ChangeRoleDialogProps) {
  const { kind } = user.organization;
  const { formProps, pending, result, errorsOf, formErrors } = useServerForm(`role-${user.id}`, action);
  const finish = useEffectEvent(() => {
    toastSuccess("Role changed", "It holds from their next click on.");
    close();
  });
  useEffect(() => {
    if (result?.ok) finish();
  }, [result]);
  return (
    <form {...formProps} className="flex flex-col gap-4">
      <FormFailure errors={formErrors} title="The role was not changed" />
      <input type="hidden" name="id" value={user.id} />
      <Field label="Role" id={`role-of-${user.id}`} error={errorsOf("role")} hint={<RoleHint kind={kind} />}>
        <Select
          name="role"
          defaultValue={user.role}
          options={rolesFor(kind).map((role) => ({ value: role, label: ROLE_LABELS[role] }))}
        />
      </Field>
      <div className="flex justify-end gap-2 max-sm:flex-col-reverse">
        <Button onClick={close}>Cancel</Button>
        <Button type="submit" variant="primary" pending={pending}>
          Change role
        </Button>
      </div>
    </form>
  );
}
