"use client";

import { lazy, Suspense, type ReactNode } from "react";
import { useOpenedOnce } from "@/components/ui/use-opened-once";

const SheetPanel = lazy(() => import("@/components/ui/sheet-panel"));

export interface SheetProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** Read out, not drawn. */
  title: string;
  children: ReactNode;
}

/** A modal panel from the left edge: the sidebar on a phone. */
export function Sheet(props: SheetProps) {
  return (
    useOpenedOnce(props.open) && (
      <Suspense>
        <SheetPanel {...props} />
      </Suspense>
    )
  );
}
