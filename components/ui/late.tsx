"use client";

import { use, type ReactNode } from "react";
import { Skeleton } from "@/components/ui/skeleton";
import { untilLate, wait } from "@/components/ui/navigation-start";

/**
 * Around what a `loading.tsx` shows: holds it back until a navigation has taken 150 ms. React shows nothing for 300 ms after
 * a fallback that it has shown, so one drawn at once would delay every screen that comes quickly. While a fallback waits
 * itself, what was there before stays, and a screen that arrives meanwhile is drawn without it.
 */
export function Late({ children }: { children: ReactNode }) {
  const late = typeof window === "undefined" ? wait() : untilLate();
  if (late) use(late);
  return children;
}

/** For a part whose code is loaded for itself: it comes with the rest of its screen, unless its code is late. */
export function LateSkeleton({ className }: { className: string }) {
  return (
    <Late>
      <Skeleton className={className} />
    </Late>
  );
}
