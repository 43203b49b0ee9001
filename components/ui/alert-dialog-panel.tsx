"use client";

import { AlertDialog } from "@base-ui/react/alert-dialog";
import type { AlertDialogProps } from "@/components/ui/alert-dialog";
import { Button } from "@/components/ui/button";
import { buttonClass } from "@/components/ui/button-class";
import { dialogBackdropClass, dialogFooterClass, dialogPopupClass } from "@/components/ui/dialog-class";

/** The inside of `AlertDialog`, loaded lazily by it alone. */
export default function AlertDialogPanel(props: AlertDialogProps) {
  const {
    open,
    onOpenChange,
    title,
    children,
    confirmLabel,
    cancelLabel = "Cancel",
    danger,
    pending,
  } = props;
  return (
    <AlertDialog.Root open={open} onOpenChange={(next) => onOpenChange(next)}>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className={dialogBackdropClass} />
        <AlertDialog.Popup className={`${dialogPopupClass} max-w-md`}>
          <div className="min-h-0 overflow-y-auto px-5 py-4">
            <AlertDialog.Title className="text-lg font-medium">{title}</AlertDialog.Title>
            <AlertDialog.Description render={<div />} className="mt-1 text-muted">
              {children}
            </AlertDialog.Description>
          </div>
          <div className={dialogFooterClass}>
            <AlertDialog.Close className={buttonClass("secondary")}>{cancelLabel}</AlertDialog.Close>
            <Button variant={danger ? "danger" : "primary"} pending={pending} onClick={props.onConfirm}>
              {confirmLabel}
            </Button>
          </div>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
