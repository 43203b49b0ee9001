"use client";

import { Dialog } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import { classNames } from "@/components/ui/class-names";
import { dialogBackdropClass } from "@/components/ui/dialog-class";
import { iconButtonClass } from "@/components/ui/icon-button";
import type { SheetProps } from "@/components/ui/sheet";

/** The inside of `Sheet`, loaded lazily by it alone. */
export default function SheetPanel({ open, onOpenChange, title, children }: SheetProps) {
  return (
    <Dialog.Root open={open} onOpenChange={(next) => onOpenChange(next)}>
      <Dialog.Portal>
        <Dialog.Backdrop className={dialogBackdropClass} />
        <Dialog.Popup className="fixed inset-y-0 left-0 z-50 flex w-72 max-w-[85vw] flex-col border-r bg-surface shadow-popup transition-transform outline-none data-ending-style:-translate-x-full data-starting-style:-translate-x-full">
          <Dialog.Title className="sr-only">{title}</Dialog.Title>
          <Dialog.Close
            aria-label="Close"
            className={classNames(iconButtonClass, "absolute top-1 right-1 z-10")}
          >
            <X aria-hidden />
          </Dialog.Close>
          {children}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
