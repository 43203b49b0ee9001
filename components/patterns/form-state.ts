import type { ActionResult } from "@/components/integrations/action-result";

/** What a form's server action answers. */
export interface FormState<T = unknown> {
  /** What is wrong, by field; what belongs to none stands under "". */
  errors: Readonly<Record<string, string[]>>;
  /** What was typed, secrets excepted; empty after a success. */
  typed: Readonly<Record<string, string>>;
  /** What the verb gave; null where it never ran. */
  result: ActionResult<T> | null;
}

/** A server action for `useServerForm`; made with `runForm`. */
export type FormAction<T = unknown> = (last: FormState<T> | null, form: FormData) => Promise<FormState<T>>;
