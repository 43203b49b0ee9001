"use client";

import { useRouter } from "next/navigation";
import { useEffect } from "react";

const PACE_MS = 2_000;

/** Reads the screen anew every two seconds while something on it is about to change. */
export function LiveRefresh({ isActive }: { isActive: boolean }) {
  const router = useRouter();
  useEffect(() => {
    if (!isActive) return;
    const timer = setInterval(() => {
      if (!document.hidden) router.refresh();
    }, PACE_MS);
    return () => clearInterval(timer);
  }, [isActive, router]);
  return null;
}
