"use client";

import { useEffect, useRef, type RefObject } from "react";

/** Gives what was typed or chosen in a control before its code ran, which React drops; `shown` is what the page came with. */
export function useEarlyValue<T extends HTMLInputElement | HTMLSelectElement>(
  shown: string,
  take: (value: string) => void,
): RefObject<T | null> {
  const control = useRef<T>(null);
  const first = useRef({ shown, take });
  useEffect(() => {
    const value = control.current?.value ?? first.current.shown;
    if (value === first.current.shown) return;
    // One by one: each starts from the address that the one before has set.
    const timer = setTimeout(() => first.current.take(value));
    return () => clearTimeout(timer);
  }, []);
  return control;
}
