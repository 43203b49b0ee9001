"use client";

import { useRouter } from "next/navigation";
import { useEffect, useRef, useState } from "react";
import { addLeaveGuard } from "@/components/patterns/leave-guard";
import { AlertDialog } from "@/components/ui/alert-dialog";

export interface UnsavedChangesProps {
  /** The id of the form that is watched. */
  form: string;
  /** Change it (a version, a time) when the form was saved: what it holds then counts as unchanged. */
  savedAt?: string | number;
  /** Whether anything was changed, where the caller knows; else what the form's fields hold is compared. */
  isChanged?: boolean;
}

/** What comes before every change that a person makes. */
const TOUCHES = ["focusin", "pointerdown", "keydown", "beforeinput"] as const;

function contentOf(form: HTMLFormElement): string {
  const entries = [...new FormData(form)].filter(([name]) => !name.startsWith("$ACTION"));
  return JSON.stringify(
    entries.map(([name, value]) => [name, typeof value === "string" ? value : value.name]),
  );
}

/** Asks before a changed form is left: by link, by shortcut, by Back, by closing the tab. Stands beside its form. */
export function UnsavedChanges({ form: formId, savedAt, isChanged }: UnsavedChangesProps) {
  const router = useRouter();
  const [leave, setLeave] = useState<(() => void) | null>(null);
  const leaving = useRef(false);
  const known = useRef(isChanged);
  useEffect(() => {
    known.current = isChanged;
  }, [isChanged]);

  useEffect(() => {
    const form = document.getElementById(formId);
    if (!(form instanceof HTMLFormElement)) return;
    // What was saved may come back into the fields a moment after: they count from the first touch on.
    let before: string | null = null;
    const onTouch = () => (before ??= contentOf(form));
    leaving.current = false;
    const changed = () =>
      !leaving.current &&
      form.isConnected &&
      (known.current ?? (before !== null && contentOf(form) !== before));

    const ask = (proceed: () => void) => {
      if (!changed()) return false;
      setLeave(() => proceed);
      return true;
    };
    const onClick = (event: MouseEvent) => {
      if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey)
        return;
      const link =
        event.target instanceof Element ? event.target.closest<HTMLAnchorElement>("a[href]") : null;
      if (!link || link.target === "_blank" || link.hasAttribute("download")) return;
      const url = new URL(link.href);
      if (url.origin !== location.origin || (url.pathname === location.pathname && url.hash)) return;
      if (!ask(() => router.push(url.pathname + url.search + url.hash))) return;
      event.preventDefault();
      event.stopPropagation();
    };
    const onUnload = (event: BeforeUnloadEvent) => {
      if (changed()) event.preventDefault();
    };
    // Back and Forward can only be stopped where the browser has the Navigation API; elsewhere they go through.
    const onNavigate = (event: Event & { navigationType?: string; destination?: { key: string } }) => {
      if (event.navigationType !== "traverse" || !event.cancelable) return;
      const key = event.destination?.key;
      if (ask(() => void (key ? navigation?.traverseTo(key) : history.back()))) event.preventDefault();
    };
    const navigation = (window as { navigation?: EventTarget & { traverseTo: (key: string) => unknown } })
      .navigation;

    const removeGuard = addLeaveGuard(ask);
    for (const touch of TOUCHES) form.addEventListener(touch, onTouch, true);
    document.addEventListener("click", onClick, true);
    window.addEventListener("beforeunload", onUnload);
    navigation?.addEventListener("navigate", onNavigate);
    return () => {
      removeGuard();
      for (const touch of TOUCHES) form.removeEventListener(touch, onTouch, true);
      document.removeEventListener("click", onClick, true);
      window.removeEventListener("beforeunload", onUnload);
      navigation?.removeEventListener("navigate", onNavigate);
    };
  }, [formId, savedAt, router]);

  return (
    <AlertDialog
      open={leave !== null}
      onOpenChange={(open) => !open && setLeave(null)}
      title="Leave without saving?"
      confirmLabel="Leave"
      cancelLabel="Stay"
      danger
      onConfirm={() => {
        leaving.current = true;
        setLeave(null);
        leave?.();
      }}
    >
      What was changed on this screen is lost.
    </AlertDialog>
  );
}
