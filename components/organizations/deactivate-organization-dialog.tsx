"use client";

import { useState, useTransition } from "react";
import type { OrganizationActions } from "@/components/organizations/organization-actions";
import { Alert } from "@/components/ui/alert";
import { AlertDialog } from "@/components/ui/alert-dialog";
import { toastSuccess } from "@/components/ui/toast";
import type { OrganizationListRow } from "@/lib/organizations/schema";

export interface DeactivateOrganizationDialogProps {
  organization: OrganizationListRow;
  deactivate: OrganizationActions["deactivate"];
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

/** Says what stops, and what stays, before an organization is deactivated. */
export function DeactivateOrganizationDialog(props: DeactivateOrganizationDialogProps) {
  const { organization, deactivate, open, onOpenChange } = props;
  const [failure, setFailure] = useState<string | null>(null);
  const [pending, startTransition] = useTransition();
  const { name, activeKeys, activeUsers, mappings } = organization;

  function confirm() {
    startTransition(async () => {
      const result = await deactivate(organization.id);
      if (!result.ok) return setFailure(result.message);
      onOpenChange(false);
      toastSuccess(`${name} is deactivated`);
    });
  }
  return (
    <AlertDialog
      open={open}
      onOpenChange={(next) => {
        setFailure(null);
        onOpenChange(next);
      }}
      title={`Deactivate ${name}?`}
      confirmLabel="Deactivate"
      danger
      pending={pending}
      onConfirm={confirm}
    >
      <p>At once:</p>
      <ul className="mt-1 list-disc pl-5 text-muted">
        <li>Its API keys stop working ({activeKeys.toLocaleString("en")}).</li>
        <li>Its users are signed out and cannot sign in ({activeUsers.toLocaleString("en")}).</li>
        <li>
          Scripts that name it are told <code className="font-mono">organization_not_found</code>.
        </li>
      </ul>
      <p className="mt-2">
        Nothing is deleted: its mappings ({mappings.toLocaleString("en")}), connections and values are there
        when you reactivate it.
      </p>
      {failure && (
        <Alert tone="danger" title="The organization was not deactivated" live className="mt-3">
          {failure}
        </Alert>
      )}
    </AlertDialog>
  );
}
