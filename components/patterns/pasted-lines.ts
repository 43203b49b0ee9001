"use client";

import type { ClipboardEvent } from "react";

/**
 * What a one-line input would have to hold after a paste of several lines, which it would run together into one; null
 * where nothing would be lost. A line end that closes the pasted text is none between lines.
 */
export function pastedLines(event: ClipboardEvent<HTMLInputElement>): string | null {
  const text = event.clipboardData.getData("text/plain").replace(/\r\n?/g, "\n");
  if (!text.trim().includes("\n")) return null;
  const { value, selectionStart, selectionEnd } = event.currentTarget;
  return value.slice(0, selectionStart ?? value.length) + text + value.slice(selectionEnd ?? value.length);
}
