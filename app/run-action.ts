import { parseWithZod, type SubmissionResult } from "@conform-to/zod/v4";
import { unstable_rethrow } from "next/navigation";
import type { z } from "zod";
import type { ActionResult } from "@/components/integrations/action-result";
import type { FormState } from "@/components/patterns/form-state";
import { type WebContext, webContext } from "./context";
import { describeFailure } from "./describe-failure";

export type { ActionResult, FormState };

/**
 * Runs a server action's one verb as the signed-in user and maps what it throws. Redirects pass through.
 *
 * @example
 * "use server";
 * export async function disconnectAction(integrationId: string) {
 *   return runAction((ctx) => disconnect(ctx, integrationId));
 * }
 */
export async function runAction<T>(work: (ctx: WebContext) => Promise<T>): Promise<ActionResult<T>> {
  return attempt(async () => work(await webContext()));
}

/** As {@link runAction}, for the actions of people who are not signed in yet. */
export async function attempt<T>(work: () => Promise<T>): Promise<ActionResult<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    // What Next throws to redirect, or to say that nothing is there, is Next's to handle.
    unstable_rethrow(error);
    const { code, message, errors } = describeFailure(error);
    const fieldErrors: Record<string, string[]> = {};
    for (const { path, message: words } of errors) (fieldErrors[path] ??= []).push(words);
    return { ok: false, code, message, fieldErrors };
  }
}

interface FormOptions<Schema extends z.ZodType> {
  schema: Schema;
  /** Fields that never come back to the browser. */
  secretFields?: string[];
}

/**
 * Parses a form, runs the action's verb and answers for `useServerForm`: what was typed is kept (secrets excepted), each
 * error stands at its field, and what belongs to no field stands at the form.
 *
 * @example
 * "use server";
 * export async function createUserAction(_last: FormState | null, form: FormData) {
 *   return runForm(form, { schema: createUserSchema }, (value) => runAction((ctx) => createUser(ctx, value)));
 * }
 * // In the client component:
 * const { formProps, errorsOf, typedIn, formErrors, pending } = useServerForm("create-user", createUserAction);
 * return (
 *   <form {...formProps}>
 *     <FormFailure errors={formErrors} title="The user was not created" />
 *     <Field label="Email" id="user-email" error={errorsOf("email")} required>
 *       <Input name="email" defaultValue={typedIn("email")} />
 *     </Field>
 *     <SubmitButton pending={pending}>Create</SubmitButton>
 *   </form>
 * );
 */
export async function runForm<Schema extends z.ZodType, T>(
  form: FormData,
  { schema, secretFields = [] }: FormOptions<Schema>,
  work: (value: z.output<Schema>) => Promise<ActionResult<T>>,
): Promise<FormState<T>> {
  const submission = parseWithZod(form, { schema });
  if (submission.status !== "success") {
    return { errors: errorsOf(submission.reply()), typed: typedIn(form, secretFields), result: null };
  }
  const result = await work(submission.value as z.output<Schema>);
  if (result.ok) return { errors: {}, typed: {}, result };
  const { fieldErrors, message } = result;
  const errors = Object.keys(fieldErrors).length > 0 ? fieldErrors : { "": [message] };
  return { errors, typed: typedIn(form, secretFields), result };
}

/** What a schema refused, by field. */
export function errorsOf({ error }: SubmissionResult<string[]>): Record<string, string[]> {
  const entries = Object.entries(error ?? {});
  return Object.fromEntries(entries.flatMap(([path, messages]) => (messages ? [[path, messages]] : [])));
}

function typedIn(form: FormData, secretFields: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    // Names with $ are React's own.
    [...form].filter(
      (entry): entry is [string, string] =>
        typeof entry[1] === "string" && !entry[0].startsWith("$") && !secretFields.includes(entry[0]),
    ),
  );
}
