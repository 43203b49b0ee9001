"use client";

import { use, useState, type ReactNode } from "react";
import { untilLate } from "@/components/ui/navigation-start";

/**
 * Around what a `loading.tsx` shows: holds it back until a navigation has taken 150 ms. React shows nothing for 300 ms after
 * a fallback that it has shown, so one drawn at once would delay every screen that comes quickly. While a fallback waits
 * itself, what was there before stays, and a screen that arrives meanwhile is drawn without it.
 */
export function Late({ children }: { children: ReactNode }) {
  // Of the navigation that it is shown for: once shown, it does not wait for a later one.
  const [late] = useState(untilLate);
  // A page that is loaded anew has nothing before it to stay: there the skeletons wait, see `Skeleton`.
  if (typeof window === "undefined") return <div className="contents [--late:150ms]">{children}</div>;
  if (late) use(late);
  return children;
}

/** For a part whose code is loaded for itself: it comes with the rest of its screen, unless its code is late. */
export function LatePart({ className }: { className: string }) {
  return (
    <Late>
      <div className={className} />
    </Late>
  );
}
