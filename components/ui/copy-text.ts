"use client";

import { announce } from "@/components/ui/announce";

/**
 * Puts text on the clipboard and announces "Copied". Resolves to false where the browser refuses
 * (a page on plain http that is not localhost has no clipboard API, hence the second way).
 */
export async function copyText(text: string): Promise<boolean> {
  const copied = await navigator.clipboard?.writeText(text).then(
    () => true,
    () => false,
  );
  const done = copied || copyBySelection(text);
  announce(done ? "Copied" : "The browser did not allow copying. Select the text and copy it.");
  return done;
}

function copyBySelection(text: string): boolean {
  const focused = document.activeElement;
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "sr-only";
  // Inside an open dialog, because a dialog's focus trap would take the selection back.
  (document.querySelector("[role=dialog], [role=alertdialog]") ?? document.body).append(area);
  area.select();
  const copied = document.execCommand("copy");
  area.remove();
  if (focused instanceof HTMLElement) focused.focus();
  return copied;
}
