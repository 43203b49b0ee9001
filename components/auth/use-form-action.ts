"use client";

import { useForm } from "@conform-to/react";
import { parseWithZod } from "@conform-to/zod/v4";
import { startTransition, useActionState, useEffect, type FormEvent } from "react";
import type { z } from "zod";
import type { FormAction } from "@/components/auth/form-action";

/**
 * A form on a server action: checked here by the same schema as there, its words beside the fields, and usable before
 * any script runs. What was typed stays after a refusal, passwords excepted; after a success the form is empty again.
 */
export function useFormAction<Schema extends z.ZodType<unknown, Record<string, unknown>>>(
  id: string,
  action: FormAction,
  schema: Schema,
) {
  const [state, submit, pending] = useActionState(action, null);
  const [form, fields] = useForm<z.input<Schema>, z.output<Schema>>({
    id,
    lastResult: state?.lastResult ?? null,
    onValidate: ({ formData }) => parseWithZod(formData, { schema }),
    shouldRevalidate: "onInput",
  });

  useEffect(() => {
    if (!state || state.result?.ok) return;
    const secrets = document.getElementById(id)?.querySelectorAll<HTMLInputElement>("input[type=password]");
    for (const input of secrets ?? []) input.value = "";
  }, [id, state]);

  // React empties a form whose `action` it ran itself, whatever came of it: so it is run here, and the prop is left
  // for browsers in which no script has run yet.
  function onSubmit(event: FormEvent<HTMLFormElement>) {
    form.onSubmit(event);
    if (event.defaultPrevented) return;
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    startTransition(() => submit(data));
  }

  return {
    fields,
    pending,
    result: state?.result ?? null,
    errors: form.errors,
    formProps: { id: form.id, action: submit, onSubmit, noValidate: true },
  };
}
