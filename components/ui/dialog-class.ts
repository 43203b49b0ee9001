export const dialogBackdropClass =
  "fixed inset-0 z-40 bg-overlay transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0";

export const dialogPopupClass =
  "fixed top-1/2 left-1/2 z-50 flex max-h-[calc(100dvh-2rem)] w-[calc(100vw-2rem)] -translate-x-1/2 -translate-y-1/2 " +
  "flex-col rounded-xl border bg-surface shadow-popup outline-none transition-[opacity,scale] " +
  "data-ending-style:scale-98 data-ending-style:opacity-0 data-starting-style:scale-98 data-starting-style:opacity-0";

/** Buttons at a dialog's foot: side by side to the right, one under the other on a phone. */
export const dialogFooterClass =
  "flex flex-wrap items-center justify-end gap-2 border-t px-5 py-3 max-sm:flex-col-reverse max-sm:items-stretch";
