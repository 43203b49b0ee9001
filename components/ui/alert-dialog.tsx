"use client";

import { lazy, Suspense, type ReactNode } from "react";
import { useOpenedOnce } from "@/components/ui/use-opened-once";

const AlertDialogPanel = lazy(() => import("@/components/ui/alert-dialog-panel"));

export interface AlertDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** The question. */
  title: string;
  /** What follows from a yes. */
  children?: ReactNode;
  /** A verb: "Disconnect", "Leave". */
  confirmLabel: string;
  cancelLabel?: string;
  danger?: boolean;
  pending?: boolean;
  /** Pressed yes; the caller closes the dialog. */
  onConfirm: () => void;
}

/** A question that must be answered before going on; a click beside it does not dismiss it. */
export function AlertDialog(props: AlertDialogProps) {
  return (
    useOpenedOnce(props.open) && (
      <Suspense>
        <AlertDialogPanel {...props} />
      </Suspense>
    )
  );
}
