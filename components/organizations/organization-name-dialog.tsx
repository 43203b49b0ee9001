"use client";

import { useEffect, useEffectEvent } from "react";
import { FormFailure } from "@/components/auth/form-failure";
import type { FormAction } from "@/components/patterns/form-state";
import { useServerForm } from "@/components/patterns/use-server-form";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { toastSuccess } from "@/components/ui/toast";

export interface OrganizationNameDialogProps {
  /** Left out: a new organization. */
  organization?: { id: string; name: string };
  action: FormAction<null>;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

/** Asks for the name of a new organization, or for another name of one that is there. */
export function OrganizationNameDialog({
  organization,
  action,
  open,
  onOpenChange,
}: OrganizationNameDialogProps) {
  const title = organization ? `Rename ${organization.name}` : "Create organization";
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={title} size="sm">
      <NameForm organization={organization} action={action} close={() => onOpenChange(false)} />
    </Dialog>
  );
}

interface NameFormProps extends Pick<OrganizationNameDialogProps, "organization" | "action"> {
  close: () => void;
}

function NameForm({ organization, action, close }: NameFormProps) {
  const id = organization ? `rename-${organization.id}` : "create-organization";
  const { formProps, pending, result, errorsOf, formErrors } = useServerForm(id, action);
  const finish = useEffectEvent(() => {
    toastSuccess(organization ? "Organization renamed" : "Organization created");
    close();
  });
  useEffect(() => {
    if (result?.ok) finish();
  }, [result]);
  return (
    <form {...formProps} className="flex flex-col gap-4">
      <FormFailure
        errors={formErrors}
        title={organization ? "The organization was not renamed" : "The organization was not created"}
      />
      {organization && <input type="hidden" name="id" value={organization.id} />}
      <Field label="Name" id={`${id}-name`} error={errorsOf("name")} required>
        <Input name="name" defaultValue={organization?.name} autoComplete="off" autoFocus />
      </Field>
      <div className="flex justify-end gap-2 max-sm:flex-col-reverse">
        <Button onClick={close}>Cancel</Button>
        <Button type="submit" variant="primary" pending={pending}>
          {organization ? "Rename" : "Create organization"}
        </Button>
      </div>
    </form>
  );
}
