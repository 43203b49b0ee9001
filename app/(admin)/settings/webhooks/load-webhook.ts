import { notFound, redirect } from "next/navigation";
import { webContext } from "@/app/context";
import { may } from "@/lib/auth/permissions";
import { AppError } from "@/lib/errors";
import { getWebhook } from "@/lib/webhooks/queries";
import type { WebhookView } from "@/lib/webhooks/schema";

/** The webhook of this address; not found where there is none, and the list says so to whoever may see none. */
export async function loadWebhook(id: string): Promise<WebhookView> {
  const ctx = await webContext();
  if (!may(ctx.actor, "webhooks.read", null)) redirect("/settings/webhooks");
  try {
    return await getWebhook(ctx, id);
  } catch (error) {
    if (error instanceof AppError && error.code === "webhook_not_found") notFound();
    throw error;
  }
}
