"use client";

import { Dialog } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import { classNames } from "@/components/ui/class-names";
import type { DialogProps } from "@/components/ui/dialog";
import { dialogBackdropClass, dialogFooterClass, dialogPopupClass } from "@/components/ui/dialog-class";
import { iconButtonClass } from "@/components/ui/icon-button";

const widths = { sm: "max-w-sm", md: "max-w-lg", lg: "max-w-2xl" };

/** The inside of `Dialog`, loaded lazily by it alone. */
export default function DialogPanel(props: DialogProps) {
  const { open, onOpenChange, title, description, size = "md", footer, children } = props;
  return (
    <Dialog.Root open={open} onOpenChange={(next) => onOpenChange(next)}>
      <Dialog.Portal>
        <Dialog.Backdrop className={dialogBackdropClass} />
        <Dialog.Popup className={classNames(dialogPopupClass, widths[size])}>
          <div className="flex items-start justify-between gap-4 px-5 pt-4">
            <div className="min-w-0">
              <Dialog.Title className="text-lg font-medium">{title}</Dialog.Title>
              {description && <Dialog.Description className="text-muted">{description}</Dialog.Description>}
            </div>
            <Dialog.Close aria-label="Close" className={classNames(iconButtonClass, "-mr-2")}>
              <X aria-hidden />
            </Dialog.Close>
          </div>
          <div className="min-h-0 overflow-y-auto px-5 py-4">{children}</div>
          {footer && <div className={dialogFooterClass}>{footer}</div>}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
