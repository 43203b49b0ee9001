"use client";

import { ConfirmByName } from "@/components/patterns/confirm-by-name";
import type { WebhookView } from "@/lib/webhooks/schema";

interface DeleteWebhookDialogProps {
  webhook: Pick<WebhookView, "name" | "format">;
  /** Resolves to what went wrong in words, or to nothing. */
  remove: (typedName: string) => Promise<string | void>;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

/** Deletes the webhook once its name is typed; lists what goes with it. */
export function DeleteWebhookDialog({ webhook, remove, open, onOpenChange }: DeleteWebhookDialogProps) {
  const { name, format } = webhook;
  return (
    <ConfirmByName
      open={open}
      onOpenChange={onOpenChange}
      title={`Delete ${name}`}
      name={name}
      consequences={[
        ...(format === "standard" ? ["its signing secret"] : []),
        "what is still to be delivered to it",
        "the log of its deliveries",
      ]}
      confirmLabel="Delete"
      onConfirm={() => remove(name)}
    />
  );
}
