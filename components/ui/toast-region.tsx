"use client";

import { lazy, Suspense, useEffect, useState } from "react";
import { onFirstToast } from "@/components/ui/toast";

const Toaster = lazy(() => import("@/components/ui/toaster"));

/** Where toasts appear; once in the page. The toaster itself is loaded with the first toast. */
export function ToastRegion() {
  const [needed, setNeeded] = useState(false);
  useEffect(() => onFirstToast(() => setNeeded(true)), []);
  return (
    needed && (
      <Suspense>
        <Toaster />
      </Suspense>
    )
  );
}
