"use client";

import { lazy, useState } from "react";
import type { MappingActions } from "@/components/mappings/mapping-actions";
import { Button } from "@/components/ui/button";
import { OpenedOnce } from "@/components/ui/opened-once";

const AddMappingDialog = lazy(async () => ({
  default: (await import("@/components/mappings/add-mapping-dialog")).AddMappingDialog,
}));

/** The screen's one primary button. */
export function AddMappingButton({ actions }: { actions: MappingActions }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button variant="primary" data-shortcut="c" aria-keyshortcuts="c" onClick={() => setOpen(true)}>
        Add Mapping
      </Button>
      <OpenedOnce open={open}>
        <AddMappingDialog open={open} organization={null} actions={actions} onClose={() => setOpen(false)} />
      </OpenedOnce>
    </>
  );
}
