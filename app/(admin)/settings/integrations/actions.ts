"use server";

import { parseWithZod } from "@conform-to/zod/v4";
import type { z } from "zod";
import { errorsOf, runAction, type ActionResult } from "@/app/run-action";
import { createIntegration } from "@/lib/integrations/create-integration";
import { deleteIntegration } from "@/lib/integrations/delete-integration";
import { createIntegrationForm, updateIntegrationInput } from "@/lib/integrations/schema";
import { updateIntegration } from "@/lib/integrations/update-integration";

export async function createIntegrationAction(
  form: FormData,
): Promise<ActionResult<{ id: string; name: string }>> {
  return withForm(form, createIntegrationForm, (input) => runAction((ctx) => createIntegration(ctx, input)));
}

export async function updateIntegrationAction(
  form: FormData,
): Promise<ActionResult<{ version: number; notice: string | null }>> {
  return withForm(form, updateIntegrationInput, (input) => runAction((ctx) => updateIntegration(ctx, input)));
}

export async function deleteIntegrationAction(id: string, confirmName: string): Promise<ActionResult<null>> {
  return runAction(async (ctx) => {
    await deleteIntegration(ctx, { id, confirmName });
    return null;
  });
}

/** Turns the form's text into what the schema takes; the browser keeps what was typed, so nothing of it is sent back. */
async function withForm<Schema extends z.ZodType, T>(
  form: FormData,
  schema: Schema,
  save: (input: z.output<Schema>) => Promise<ActionResult<T>>,
): Promise<ActionResult<T>> {
  const typed = new FormData();
  // On its way every line end becomes CRLF (multipart/form-data); in the browser it was LF.
  for (const [name, value] of form) {
    typed.append(name, typeof value === "string" ? value.replaceAll("\r\n", "\n") : value);
  }
  const submission = parseWithZod(typed, { schema });
  if (submission.status === "success") return save(submission.value as z.output<Schema>);
  const fieldErrors = errorsOf(submission.reply());
  return { ok: false, code: "validation_failed", message: "Some fields need attention.", fieldErrors };
}
