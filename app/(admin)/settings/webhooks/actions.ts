"use server";

import { revalidatePath } from "next/cache";
import { type ActionResult, type FormState, runAction, runForm } from "@/app/run-action";
import type { CreatedWebhookFacts } from "@/components/webhooks/created-webhook";
import { createWebhook } from "@/lib/webhooks/create-webhook";
import { deleteWebhook } from "@/lib/webhooks/delete-webhook";
import { disableWebhook } from "@/lib/webhooks/disable-webhook";
import { enableWebhook } from "@/lib/webhooks/enable-webhook";
import { redeliverEvent } from "@/lib/webhooks/redeliver-event";
import { rotateSecret } from "@/lib/webhooks/rotate-secret";
import { createWebhookSchema, type TryOutcome, updateWebhookSchema } from "@/lib/webhooks/schema";
import { sendTestEvent } from "@/lib/webhooks/send-test-event";
import { updateWebhook } from "@/lib/webhooks/update-webhook";

const SECRET_FIELDS = ["url"];

/** The screens of all webhooks show it: the list, and its own. */
function showAnew(): void {
  revalidatePath("/settings/webhooks", "layout");
}

export async function createWebhookAction(
  _last: FormState<CreatedWebhookFacts> | null,
  form: FormData,
): Promise<FormState<CreatedWebhookFacts>> {
  return runForm(form, { schema: createWebhookSchema, secretFields: SECRET_FIELDS }, (value) =>
    runAction((ctx) => createWebhook(ctx, value)),
  );
}

export async function updateWebhookAction(
  _last: FormState<null> | null,
  form: FormData,
): Promise<FormState<null>> {
  const state = await runForm(form, { schema: updateWebhookSchema, secretFields: SECRET_FIELDS }, (value) =>
    runAction(async (ctx) => {
      await updateWebhook(ctx, value);
      return null;
    }),
  );
  showAnew();
  return state;
}

export async function deleteWebhookAction(id: string, confirmName: string): Promise<ActionResult<null>> {
  return runAction(async (ctx) => {
    await deleteWebhook(ctx, { id, confirmName });
    return null;
  });
}

export async function enableWebhookAction(id: string): Promise<ActionResult<null>> {
  const result = await runAction(async (ctx) => {
    await enableWebhook(ctx, { id });
    return null;
  });
  showAnew();
  return result;
}

export async function disableWebhookAction(id: string): Promise<ActionResult<null>> {
  const result = await runAction(async (ctx) => {
    await disableWebhook(ctx, { id });
    return null;
  });
  showAnew();
  return result;
}

export async function rotateSecretAction(
  id: string,
): Promise<ActionResult<{ secret: string; previousUntil: string }>> {
  const result = await runAction(async (ctx) => {
    const { secret, previousUntil } = await rotateSecret(ctx, { id });
    return { secret, previousUntil: previousUntil.toISOString() };
  });
  showAnew();
  return result;
}

export async function sendTestEventAction(id: string): Promise<ActionResult<TryOutcome>> {
  const result = await runAction((ctx) => sendTestEvent(ctx, { id }));
  showAnew();
  return result;
}

export async function redeliverAction(deliveryId: string): Promise<ActionResult<TryOutcome>> {
  const result = await runAction((ctx) => redeliverEvent(ctx, { deliveryId }));
  showAnew();
  return result;
}
