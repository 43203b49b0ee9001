"use client";

import { useTheme } from "next-themes";
import { useEffect } from "react";
import { toast, Toaster as Sonner } from "sonner";
import { connectToaster } from "@/components/ui/toast";

/** Sonner in our dress; loaded lazily by `ToastRegion` alone. */
export default function Toaster() {
  const { resolvedTheme } = useTheme();
  useEffect(() => connectToaster((message, options) => void toast(message, options)), []);
  return (
    <Sonner
      theme={resolvedTheme === "dark" ? "dark" : "light"}
      position="bottom-right"
      closeButton
      toastOptions={{
        unstyled: true,
        classNames: {
          toast:
            "flex w-full items-center gap-3 rounded-lg border bg-surface px-4 py-3 font-sans text-base text-ink shadow-popup",
          title: "font-medium",
          description: "text-sm text-muted",
          actionButton:
            "ml-auto h-7 shrink-0 rounded-md border border-control-line px-2.5 text-sm font-medium hover:bg-hover",
          closeButton:
            "absolute -top-2 -left-2 grid size-5 place-items-center rounded-full border bg-surface text-muted hover:text-ink",
        },
      }}
    />
  );
}
