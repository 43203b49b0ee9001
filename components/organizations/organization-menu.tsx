"use client";

import { Ellipsis } from "lucide-react";
import { useState, useTransition } from "react";
import { DeactivateOrganizationDialog } from "@/components/organizations/deactivate-organization-dialog";
import type { OrganizationActions } from "@/components/organizations/organization-actions";
import { OrganizationNameDialog } from "@/components/organizations/organization-name-dialog";
import { Alert } from "@/components/ui/alert";
import { iconButtonClass } from "@/components/ui/icon-button";
import { Menu, type MenuEntry } from "@/components/ui/menu";
import { toastSuccess } from "@/components/ui/toast";
import type { OrganizationListRow } from "@/lib/organizations/schema";

export interface OrganizationMenuProps {
  organization: OrganizationListRow;
  actions: Omit<OrganizationActions, "create">;
}

// Taller than the text beside it: it must not make the row so.
const TRIGGER = `${iconButtonClass} sm:-my-1.5`;

/** What can be done with one organization. */
export function OrganizationMenu({ organization, actions }: OrganizationMenuProps) {
  const { id, name } = organization;
  const [dialog, setDialog] = useState<"rename" | "deactivate" | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [, startTransition] = useTransition();
  const close = (open: boolean) => setDialog(open ? dialog : null);

  function reactivate() {
    startTransition(async () => {
      const result = await actions.reactivate(id);
      if (!result.ok) return setFailure(result.message);
      setFailure(null);
      toastSuccess(`${name} is active again`);
    });
  }

  const entries: MenuEntry[] = [
    { label: "Rename", name: `Rename ${name}`, onSelect: () => setDialog("rename") },
    {
      kind: "link",
      label: "Show users",
      name: `Show users of ${name}`,
      href: `/settings/users?organization=${id}`,
    },
    {
      kind: "link",
      label: "Show audit log",
      name: `Show audit log of ${name}`,
      href: `/settings/audit?organization=${id}`,
    },
  ];
  // The provider organization is always active.
  if (organization.kind === "managed") {
    entries.push(
      { kind: "separator" },
      organization.isActive
        ? {
            label: "Deactivate",
            name: `Deactivate ${name}`,
            danger: true,
            onSelect: () => setDialog("deactivate"),
          }
        : { label: "Reactivate", name: `Reactivate ${name}`, onSelect: reactivate },
    );
  }
  return (
    <>
      <Menu label={`Actions for ${name}`} entries={entries} triggerClassName={TRIGGER}>
        <Ellipsis aria-hidden />
      </Menu>
      {failure && (
        <Alert tone="danger" title={`${name} was not reactivated`} live>
          {failure}
        </Alert>
      )}
      {dialog === "rename" && (
        <OrganizationNameDialog
          organization={organization}
          action={actions.rename}
          open
          onOpenChange={close}
        />
      )}
      <DeactivateOrganizationDialog
        organization={organization}
        deactivate={actions.deactivate}
        open={dialog === "deactivate"}
        onOpenChange={close}
      />
    </>
  );
}
