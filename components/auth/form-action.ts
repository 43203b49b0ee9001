import type { SubmissionResult } from "@conform-to/react";
import type { ActionResult } from "@/components/integrations/action-result";

/** What a form's server action answers: Conform's `lastResult`, and what the verb gave; null where it never ran. */
export interface FormState<T = unknown> {
  lastResult: SubmissionResult<string[]>;
  result: ActionResult<T> | null;
}

/** A server action for `useActionState`. */
export type FormAction = (last: FormState | null, form: FormData) => Promise<FormState>;
