"use client";

import { startTransition, useActionState, useEffect, type FormEvent } from "react";
import type { FormState } from "@/components/auth/form-action";

/** A server action made with `runForm`, and what its verb gives. */
export type ServerFormAction<T> = (last: FormState<T> | null, form: FormData) => Promise<FormState<T>>;

/**
 * A form that the server alone judges: no schema reaches the browser, which keeps the screen small. What was typed stays
 * after a refusal, each field has its words, and the focus goes to the first one at fault. Works before any script runs.
 */
export function useServerForm<T>(id: string, action: ServerFormAction<T>) {
  const [state, submit, pending] = useActionState(action, null);
  const errors = state?.lastResult.error ?? {};
  const refused = state !== null && state.result?.ok !== true;

  useEffect(() => {
    if (!refused) return;
    const form = document.getElementById(id);
    form?.querySelector<HTMLElement>('[aria-invalid="true"], [role="alert"]')?.focus();
  }, [id, refused, state]);

  // React empties a form whose `action` it ran itself, whatever came of it: so it is run here.
  function onSubmit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (pending) return;
    const data = new FormData(event.currentTarget);
    startTransition(() => submit(data));
  }

  return {
    formProps: { id, action: submit, onSubmit, noValidate: true },
    pending,
    result: state?.result ?? null,
    /** What is wrong with one field; names are as in the schema. */
    errorsOf: (name: string): string[] =>
      Object.entries(errors).flatMap(([path, messages]) =>
        path === name || path.startsWith(`${name}[`) || path.startsWith(`${name}.`) ? (messages ?? []) : [],
      ),
    /** What is wrong with the form as a whole. */
    formErrors: errors[""] ?? [],
  };
}
