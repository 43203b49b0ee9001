import type { z } from "zod";

export const NOT_STORABLE = "Take out the NUL characters and broken surrogates: they cannot be stored.";

/** Whether PostgreSQL can hold a text as it is. */
export function isStorable(text: string): boolean {
  return !text.includes("\u0000") && text.isWellFormed();
}

/** A text that comes in and may be stored: every schema of an input makes its texts with it. */
export function storable(text: z.ZodString): z.ZodString {
  return text.refine(isStorable, NOT_STORABLE);
}
