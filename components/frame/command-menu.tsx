"use client";

import { lazy, Suspense } from "react";
import {
  setCommandMenuOpen,
  useCommandMenuOpen,
  useOfferedCommands,
  type CommandItem,
} from "@/components/frame/command-store";
import { useOpenedOnce } from "@/components/ui/use-opened-once";

const CommandPanel = lazy(() => import("@/components/frame/command-panel"));

export interface CommandMenuProps {
  /** What is always there: every screen. The screens shown add theirs with `useCommands`. */
  items: readonly CommandItem[];
  /** A GET that answers `?q=` with `{ items: CommandItem[] }`: what is too much to send with the page. */
  searchUrl?: string;
}

/** The command menu of Ctrl/Cmd+K; its code is loaded when it first opens. */
export function CommandMenu({ items, searchUrl }: CommandMenuProps) {
  const open = useCommandMenuOpen();
  const offered = useOfferedCommands();
  return (
    useOpenedOnce(open) && (
      <Suspense>
        <CommandPanel
          open={open}
          onOpenChange={setCommandMenuOpen}
          items={[...offered, ...items]}
          searchUrl={searchUrl}
        />
      </Suspense>
    )
  );
}
