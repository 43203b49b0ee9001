"use client";

import { startTransition, useActionState, useLayoutEffect, useRef, type FormEvent } from "react";
import type { FormAction } from "@/components/patterns/form-state";

/**
 * A form that the server alone judges: no schema reaches the browser, which keeps the screen small. What was typed stays
 * after a refusal, passwords excepted; each field has its words, and the focus goes to the first one at fault. Works
 * before any script runs, unless the form waits for its code.
 */
export function useServerForm<T>(id: string, action: FormAction<T>) {
  const [state, submit, pending] = useActionState(action, null);
  const errors = state?.errors ?? {};

  const first = useRef(state);
  useLayoutEffect(() => {
    // With what the page itself came with, somebody may be typing already.
    if (!state || state === first.current) return;
    const form = document.getElementById(id);
    for (const input of form?.querySelectorAll<HTMLInputElement>("input[type=password]") ?? [])
      input.value = "";
    if (state.result?.ok) return;
    form?.querySelector<HTMLElement>('[aria-invalid="true"], [role="alert"]')?.focus();
  }, [id, state]);

  // React empties a form whose `action` it ran itself, whatever came of it: so it is run here, and the prop is left
  // for browsers in which no script has run yet.
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
        path === name || path.startsWith(`${name}[`) || path.startsWith(`${name}.`) ? messages : [],
      ),
    /** What was typed before a refusal: a field's `defaultValue`, for where no script keeps it. */
    typedIn: (name: string): string | undefined => state?.typed[name],
    /** What is wrong with the form as a whole. */
    formErrors: errors[""] ?? [],
  };
}
