"use server";

import { cookies } from "next/headers";
import { redirect } from "next/navigation";
import { optionalWebContext } from "@/app/context";
import { installationId } from "@/lib/auth/installation";
import { sessionCookies } from "@/lib/auth/session-cookie";
import { signOut } from "@/lib/auth/sign-in";

/** Ends this browser's session, its row and its cookie. */
export async function signOutAction(): Promise<void> {
  const ctx = await optionalWebContext();
  if (ctx) {
    const { id, sid, origin } = ctx.actor;
    await signOut(ctx.db, id, sid, origin, ctx.now());
    const { name, options } = sessionCookies(await installationId(ctx.db), ctx.publicUrl).sessionToken;
    // With the attributes it was set with: a __Host- cookie is not deleted without Secure.
    (await cookies()).set(name, "", { ...options, maxAge: 0 });
  }
  redirect("/sign-in");
}
