"use client";

import { lazy, Suspense, type ReactNode } from "react";
import { useOpenedOnce } from "@/components/ui/use-opened-once";

const DialogPanel = lazy(() => import("@/components/ui/dialog-panel"));

export interface DialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  /** One sentence under the title. */
  description?: ReactNode;
  size?: "sm" | "md" | "lg";
  /** Buttons, the primary one last. A form around all of it goes into `children` with its own footer. */
  footer?: ReactNode;
  children?: ReactNode;
}

/** A modal dialog: keeps focus inside, closes on Esc, gives focus back. Loaded when first opened. */
export function Dialog(props: DialogProps) {
  return (
    useOpenedOnce(props.open) && (
      <Suspense>
        <DialogPanel {...props} />
      </Suspense>
    )
  );
}
