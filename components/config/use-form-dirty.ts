"use client";

import { useEffect, useState } from "react";

function contentOf(form: HTMLFormElement): string {
  return JSON.stringify([...new FormData(form)].map(([name, value]) => [name, String(value)]));
}

/** Whether a form holds something else than at the start of this round; secrets, which live in their inputs alone, count too. */
export function useFormDirty(formId: string, round: string | number): boolean {
  /** The round in which something was changed. */
  const [changedIn, setChangedIn] = useState<string | number | null>(null);
  useEffect(() => {
    const form = document.getElementById(formId);
    if (!(form instanceof HTMLFormElement)) return;
    const before = contentOf(form);
    // After React has drawn what the event changed: a move, a Clear.
    const look = () =>
      requestAnimationFrame(() =>
        setChangedIn(form.isConnected && contentOf(form) !== before ? round : null),
      );
    const events = ["input", "click", "keyup", "pointerup"] as const;
    for (const event of events) form.addEventListener(event, look);
    return () => {
      for (const event of events) form.removeEventListener(event, look);
    };
  }, [formId, round]);
  return changedIn === round;
}
