"use client";

import { useSyncExternalStore } from "react";

const never = () => () => {};

/** False until this page's code runs in the browser: what is typed before that would be lost. */
export function useHydrated(): boolean {
  return useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
}
