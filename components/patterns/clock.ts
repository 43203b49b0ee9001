"use client";

import { startTransition, useEffect, useState } from "react";
import { hasNavigated } from "@/components/ui/navigation-start";

// One timer for every time on the page, running only while one is shown.
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) {
    timer = setInterval(() => {
      for (const each of listeners) each();
    }, 15_000);
  }
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) clearInterval(timer);
  };
}

/**
 * The time in milliseconds, anew every 15 s; null on the server and while a page that it has drawn is taken over. Changes as a
 * transition: React waits for code that still loads below, where for an urgent change it would throw away what the
 * server has drawn there, and with it the click that somebody is just making.
 */
export function useNow(): number | null {
  const [now, setNow] = useState(() => (hasNavigated() ? Date.now() : null));
  useEffect(() => {
    startTransition(() => setNow((known) => known ?? Date.now()));
    return subscribe(() => startTransition(() => setNow(Date.now())));
  }, []);
  return now;
}
