/** The look of what floats above the page: menus, popovers. */
export const popupClass =
  "max-h-(--available-height) max-w-[min(22rem,calc(100vw-1rem))] overflow-y-auto rounded-lg border bg-surface text-base " +
  "text-ink shadow-popup outline-none transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0";
