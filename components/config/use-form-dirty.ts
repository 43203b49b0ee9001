"use client";

import { useEffect, useState } from "react";

function contentOf(form: HTMLFormElement): string {
  return JSON.stringify([...new FormData(form)].map(([name, value]) => [name, String(value)]));
}

/** Whether a form holds something else than at the start of this round; secrets, which live in their inputs alone, count too. */
export function useFormDirty(formId: string, round: string | number): boolean {
  const [dirty, setDirty] = useState(false);
  useEffect(() => {
    const form = document.getElementById(formId);
    if (!(form instanceof HTMLFormElement)) return;
    const before = contentOf(form);
    setDirty(false);
    // After React has drawn what the event changed: a move, a Clear.
    const look = () => requestAnimationFrame(() => setDirty(form.isConnected && contentOf(form) !== before));
    const events = ["input", "click", "keyup", "pointerup"] as const;
    for (const event of events) form.addEventListener(event, look);
    return () => {
      for (const event of events) form.removeEventListener(event, look);
    };
  }, [formId, round]);
  return dirty;
}
