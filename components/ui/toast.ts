"use client";

import type { ExternalToast } from "sonner";

type Show = (message: string, options?: ExternalToast) => void;
type Queued = { message: string; options?: ExternalToast };

// The toaster loads with the first toast, so the first ones wait here until it is on the page.
let show: Show | null = null;
let wake: (() => void) | null = null;
const queue: Queued[] = [];

function toast(message: string, options?: ExternalToast): void {
  if (show) return show(message, options);
  queue.push(options ? { message, options } : { message });
  wake?.();
}

/** Says that something succeeded. Errors belong on the page, beside what they are about. */
export function toastSuccess(message: string, description?: string): void {
  toast(message, description ? { description } : undefined);
}

/** For `ToastRegion`: called when there is a first toast to show. */
export function onFirstToast(listener: () => void): () => void {
  wake = listener;
  if (queue.length > 0) listener();
  return () => (wake = null);
}

/** For `ToastRegion`: from now on toasts go to this toaster, the waiting ones first. */
export function connectToaster(toaster: Show): () => void {
  show = toaster;
  for (const { message, options } of queue.splice(0)) toaster(message, options);
  return () => (show = null);
}
