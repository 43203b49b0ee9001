"use server";

import { revalidatePath } from "next/cache";
import { redirect } from "next/navigation";
import { type FormState, runAction, runForm } from "@/app/run-action";
import { changePassword } from "@/lib/users/change-password";
import { endOwnSession } from "@/lib/users/end-session";
import { changePasswordSchema } from "@/lib/users/schema";
import { signOutEverywhere } from "@/lib/users/sign-out-everywhere";

export async function changePasswordAction(_last: FormState | null, form: FormData): Promise<FormState> {
  const options = { schema: changePasswordSchema, secretFields: ["currentPassword", "newPassword"] };
  const state = await runForm(form, options, (value) => runAction((ctx) => changePassword(ctx, value)));
  if (state.result?.ok) revalidatePath("/account");
  return state;
}

export async function endSessionAction(form: FormData): Promise<void> {
  const sessionId = String(form.get("sessionId"));
  await runAction((ctx) => endOwnSession(ctx, { sessionId }));
  revalidatePath("/account");
}

export async function signOutEverywhereAction(): Promise<void> {
  const result = await runAction(signOutEverywhere);
  redirect(result.ok ? "/sign-in" : "/account");
}
