"use client";

import { useRouter } from "next/navigation";
import { lazy, useEffect, useRef, useState } from "react";
import { setCommandMenuOpen } from "@/components/frame/command-store";
import { useLetterShortcuts } from "@/components/frame/letter-shortcuts";
import type { NavigationEntry } from "@/components/frame/navigation";
import { actOfKey, type KeyAct } from "@/components/frame/shortcut-keys";
import { leaveThen } from "@/components/patterns/leave-guard";
import { OpenedOnce } from "@/components/ui/opened-once";

const KeyboardHelp = lazy(async () => ({
  default: (await import("@/components/patterns/keyboard-help")).KeyboardHelp,
}));

/** Listens for the keyboard shortcuts of every screen, and shows them on `?`. */
export function Shortcuts({ entries }: { entries: readonly NavigationEntry[] }) {
  const router = useRouter();
  const [help, setHelp] = useState(false);
  const [letters, setLetters] = useLetterShortcuts();
  const previous = useRef<{ key: string; atMs: number } | null>(null);

  useEffect(() => {
    const targets = new Map(
      entries.flatMap(({ shortcut, href }) => (shortcut ? [[shortcut, href] as const] : [])),
    );

    function perform(act: Exclude<KeyAct, null>): boolean {
      if (act.kind === "go") leaveThen(() => router.push(act.href));
      else if (act.kind === "menu") setCommandMenuOpen(true);
      else if (act.kind === "help") setHelp(true);
      else if (act.kind === "search") return focusSearch();
      else if (act.kind === "create") return press("[data-shortcut=c]");
      else if (act.kind === "save") return submitForm();
      return true;
    }

    function onKeyDown(event: KeyboardEvent) {
      if (event.defaultPrevented || event.repeat || event.isComposing) return;
      const last = previous.current;
      previous.current = null;
      const act = actOfKey(
        {
          key: event.key,
          ctrlOrMeta: event.ctrlKey || event.metaKey,
          alt: event.altKey,
          typing: isTyping(event.target),
          covered: document.querySelector("[role=dialog], [role=alertdialog], [role=menu]") !== null,
          previous: last && event.timeStamp - last.atMs < 2_000 ? last.key : null,
        },
        targets,
        letters,
      );
      if (!act) return;
      if (act.kind === "wait") previous.current = { key: event.key, atMs: event.timeStamp };
      else if (perform(act)) event.preventDefault();
    }
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [entries, letters, router]);

  return (
    <OpenedOnce open={help}>
      <KeyboardHelp
        open={help}
        onOpenChange={setHelp}
        enabled={letters}
        onEnabledChange={setLetters}
        shortcuts={[
          { keys: "Ctrl/⌘ K", does: "Command menu" },
          { keys: "Ctrl/⌘ Enter", does: "Save the form" },
          { keys: "/", does: "Search" },
          { keys: "c", does: "Create" },
          ...entries.flatMap(({ shortcut, label }) =>
            shortcut ? [{ keys: shortcut, does: `Go to ${label}` }] : [],
          ),
          { keys: "Esc", does: "Close" },
          { keys: "?", does: "This list" },
        ]}
      />
    </OpenedOnce>
  );
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (
    target.isContentEditable ||
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement
  )
    return true;
  return (
    target instanceof HTMLInputElement && !["checkbox", "radio", "button", "submit"].includes(target.type)
  );
}

function focusSearch(): boolean {
  const search = document.querySelector<HTMLInputElement>("[data-search]");
  search?.focus();
  search?.select();
  return search !== null;
}

function press(selector: string): boolean {
  const element = document.querySelector<HTMLElement>(selector);
  element?.click();
  return element !== null;
}

function submitForm(): boolean {
  const own = document.activeElement?.closest("form");
  const all = document.querySelectorAll<HTMLFormElement>("main form");
  const form = own ?? (all.length === 1 ? all[0] : null);
  form?.requestSubmit();
  return Boolean(form);
}
