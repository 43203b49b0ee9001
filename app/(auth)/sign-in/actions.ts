"use server";

import { redirect } from "next/navigation";
import { signInWithPassword } from "@/app/auth-edge";
import { type FormState, runForm } from "@/app/run-action";
import { safeNextPath } from "@/lib/auth/next-path";
import { signInSchema } from "@/lib/users/schema";

export async function signInAction(_last: FormState | null, form: FormData): Promise<FormState> {
  return runForm(form, { schema: signInSchema, secretFields: ["password"] }, async (value) => {
    const failure = await signInWithPassword(value.email, value.password);
    if (failure) return failure;
    redirect(safeNextPath(value.next));
  });
}
