"use server";

import { revalidatePath } from "next/cache";
import { type ActionResult, type FormState, runAction, runForm } from "@/app/run-action";
import { createOrganization } from "@/lib/organizations/create-organization";
import { deactivateOrganization } from "@/lib/organizations/deactivate-organization";
import { reactivateOrganization } from "@/lib/organizations/reactivate-organization";
import { renameOrganization } from "@/lib/organizations/rename-organization";
import { createOrganizationSchema, renameOrganizationSchema } from "@/lib/organizations/schema";
import type { WebContext } from "@/app/context";

const SCREEN = "/settings/organizations";

export async function createOrganizationAction(
  _last: FormState<null> | null,
  form: FormData,
): Promise<FormState<null>> {
  return runForm(form, { schema: createOrganizationSchema }, (value) =>
    change((ctx) => createOrganization(ctx, value)),
  );
}

export async function renameOrganizationAction(
  _last: FormState<null> | null,
  form: FormData,
): Promise<FormState<null>> {
  return runForm(form, { schema: renameOrganizationSchema }, (value) =>
    change((ctx) => renameOrganization(ctx, value)),
  );
}

export async function deactivateOrganizationAction(id: string): Promise<ActionResult<null>> {
  return change((ctx) => deactivateOrganization(ctx, { id }));
}

export async function reactivateOrganizationAction(id: string): Promise<ActionResult<null>> {
  return change((ctx) => reactivateOrganization(ctx, { id }));
}

async function change(work: (ctx: WebContext) => Promise<unknown>): Promise<ActionResult<null>> {
  const result = await runAction(async (ctx) => {
    await work(ctx);
    return null;
  });
  if (result.ok) revalidatePath(SCREEN);
  return result;
}
