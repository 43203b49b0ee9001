"use client";

/** Where a popup of this element belongs: in the same landmark, for those who move by landmarks. */
export function landmarkOf(element: Element | null): HTMLElement | undefined {
  return element?.closest<HTMLElement>("[role=dialog], main, aside, header") ?? undefined;
}
