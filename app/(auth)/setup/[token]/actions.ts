"use server";

import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { signInWithPassword } from "@/app/auth-edge";
import { webServices } from "@/app/context";
import { type ActionResult, attempt, type FormState, runForm } from "@/app/run-action";
import { requestOrigin } from "@/lib/auth/client-address";
import { acceptFirstAdminLink, acceptUserLink } from "@/lib/users/accept-setup-link";
import { choosePasswordSchema, firstAdminSchema } from "@/lib/users/schema";

const secretFields = ["password"];

export async function createFirstAdminAction(
  token: string,
  _last: FormState | null,
  form: FormData,
): Promise<FormState> {
  return runForm(form, { schema: firstAdminSchema, secretFields }, async (value) => {
    const origin = requestOrigin(await headers());
    const accepted = await attempt(() => acceptFirstAdminLink(webServices(), origin, token, value));
    return signedIn(accepted, value.password);
  });
}

export async function choosePasswordAction(
  token: string,
  _last: FormState | null,
  form: FormData,
): Promise<FormState> {
  return runForm(form, { schema: choosePasswordSchema, secretFields }, async (value) => {
    const origin = requestOrigin(await headers());
    const accepted = await attempt(() => acceptUserLink(webServices(), origin, token, value));
    return signedIn(accepted, value.password);
  });
}

/** Signs the new user in. Where that fails the link is spent all the same, and the sign-in page takes over. */
async function signedIn(accepted: ActionResult<{ email: string }>, password: string) {
  if (!accepted.ok) return accepted;
  const failure = await signInWithPassword(accepted.value.email, password);
  redirect(failure ? "/sign-in" : "/");
}
