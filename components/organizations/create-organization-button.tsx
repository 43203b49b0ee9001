"use client";

import { useState } from "react";
import type { OrganizationActions } from "@/components/organizations/organization-actions";
import { OrganizationNameDialog } from "@/components/organizations/organization-name-dialog";
import { Button } from "@/components/ui/button";

/** The screen's one primary button. */
export function CreateOrganizationButton({ create }: { create: OrganizationActions["create"] }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button variant="primary" data-shortcut="c" aria-keyshortcuts="c" onClick={() => setOpen(true)}>
        Create organization
      </Button>
      {open && <OrganizationNameDialog action={create} open onOpenChange={setOpen} />}
    </>
  );
}
