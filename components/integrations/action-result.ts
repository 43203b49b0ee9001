import type { ErrorCode } from "@/lib/errors";

/** What a refused server action says: words for the person, and for each field at fault its own. */
export interface ActionFailure {
  ok: false;
  code: ErrorCode;
  message: string;
  fieldErrors: Record<string, string[]>;
}

export type ActionResult<T> = { ok: true; value: T } | ActionFailure;
