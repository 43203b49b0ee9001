"use client";

import { Suspense, type ReactNode } from "react";
import { useOpenedOnce } from "@/components/ui/use-opened-once";

/** Draws its content from the first time `open` is, so that a lazy component in it is loaded then and not before. */
export function OpenedOnce({ open, children }: { open: boolean; children: ReactNode }) {
  return useOpenedOnce(open) && <Suspense>{children}</Suspense>;
}
