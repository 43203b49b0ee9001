"use client";

import { useEffect, useSyncExternalStore } from "react";

export interface CommandItem {
  /** Unique among all items. */
  id: string;
  label: string;
  /** The heading it stands under: "Go to", "Integrations", "Actions". */
  group: string;
  /** Beside the label: an organization, a status in words. */
  detail?: string;
  /** Other words that find it. */
  keywords?: string[];
  shortcut?: string;
  /** Where it goes; or what it does, below. */
  href?: string;
  run?: () => void;
}

// A store outside React: the screen that offers actions and the menu that shows them are far apart in the tree.
const none: readonly CommandItem[] = [];
const offers = new Map<symbol, readonly CommandItem[]>();
const listeners = new Set<() => void>();
let offered = none;
let open = false;

function emit() {
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Opens or closes the command menu from anywhere. */
export function setCommandMenuOpen(next: boolean): void {
  open = next;
  emit();
}

export function useCommandMenuOpen(): boolean {
  return useSyncExternalStore(
    subscribe,
    () => open,
    () => false,
  );
}

/** What the screens shown now offer. */
export function useOfferedCommands(): readonly CommandItem[] {
  return useSyncExternalStore(
    subscribe,
    () => offered,
    () => none,
  );
}

/** Offers a screen's actions in the command menu while it is shown. Keep `items` the same object between renders. */
export function useCommands(items: readonly CommandItem[]): void {
  useEffect(() => {
    const key = Symbol("commands");
    offers.set(key, items);
    offered = [...offers.values()].flat();
    emit();
    return () => {
      offers.delete(key);
      offered = [...offers.values()].flat();
      emit();
    };
  }, [items]);
}
