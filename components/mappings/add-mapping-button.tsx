"use client";

import { useState } from "react";
import { AddMappingDialog } from "@/components/mappings/add-mapping-dialog";
import type { MappingActions } from "@/components/mappings/mapping-actions";
import { Button } from "@/components/ui/button";

/** The screen's one primary button. */
export function AddMappingButton({ actions }: { actions: MappingActions }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button variant="primary" data-shortcut="c" aria-keyshortcuts="c" onClick={() => setOpen(true)}>
        Add Mapping
      </Button>
      <AddMappingDialog open={open} organization={null} actions={actions} onClose={() => setOpen(false)} />
    </>
  );
}
