"use client";

import { useSyncExternalStore } from "react";

const storageKey = "bifrost-letter-shortcuts";
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener("storage", listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("storage", listener);
  };
}

/** `[enabled, setEnabled]`: whether plain letters act as shortcuts in this browser. */
export function useLetterShortcuts(): [boolean, (enabled: boolean) => void] {
  const enabled = useSyncExternalStore(
    subscribe,
    () => localStorage.getItem(storageKey) !== "off",
    () => true,
  );
  return [
    enabled,
    (next) => {
      localStorage.setItem(storageKey, next ? "on" : "off");
      for (const listener of listeners) listener();
    },
  ];
}
