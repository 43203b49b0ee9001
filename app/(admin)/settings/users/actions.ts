"use server";

import { revalidatePath } from "next/cache";
import { type ActionResult, type FormState, runAction, runForm } from "@/app/run-action";
import type { NewSetupLink } from "@/components/users/user-actions";
import { changeUserRole } from "@/lib/users/change-user-role";
import { createUser } from "@/lib/users/create-user";
import { deactivateUser } from "@/lib/users/deactivate-user";
import { reactivateUser } from "@/lib/users/reactivate-user";
import { renewSetupLink } from "@/lib/users/renew-setup-link";
import { changeUserRoleSchema, createUserSchema } from "@/lib/users/schema";

const SCREEN = "/settings/users";

export async function createUserAction(
  _last: FormState<NewSetupLink> | null,
  form: FormData,
): Promise<FormState<NewSetupLink>> {
  return runForm(form, { schema: createUserSchema }, (value) =>
    runAction(async (ctx) => {
      const { user, setupUrl } = await createUser(ctx, value);
      return { email: user.email, setupUrl };
    }),
  );
}

export async function changeUserRoleAction(
  _last: FormState<null> | null,
  form: FormData,
): Promise<FormState<null>> {
  const state = await runForm(form, { schema: changeUserRoleSchema }, (value) =>
    runAction(async (ctx) => {
      await changeUserRole(ctx, value);
      return null;
    }),
  );
  if (state.result?.ok) revalidatePath(SCREEN);
  return state;
}

export async function renewSetupLinkAction(id: string): Promise<ActionResult<NewSetupLink>> {
  return runAction((ctx) => renewSetupLink(ctx, { id }));
}

export async function deactivateUserAction(id: string): Promise<ActionResult<null>> {
  const result = await runAction(async (ctx) => {
    await deactivateUser(ctx, { id });
    return null;
  });
  revalidatePath(SCREEN);
  return result;
}

export async function reactivateUserAction(id: string): Promise<ActionResult<null>> {
  const result = await runAction(async (ctx) => {
    await reactivateUser(ctx, { id });
    return null;
  });
  revalidatePath(SCREEN);
  return result;
}
