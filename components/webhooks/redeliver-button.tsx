"use client";

import { useState, useTransition } from "react";
import { Button } from "@/components/ui/button";
import { toastSuccess } from "@/components/ui/toast";
import { type RedeliverAction, UNREACHABLE } from "@/components/webhooks/webhook-actions";

interface RedeliverButtonProps {
  deliveryId: string;
  /** For the accessible name: which of several. */
  what: string;
  redeliver: RedeliverAction;
}

/** Sends an event again, at once; what came of it stands in the log, and beside the button where nothing was sent. */
export function RedeliverButton({ deliveryId, what, redeliver }: RedeliverButtonProps) {
  const [failure, setFailure] = useState<string | null>(null);
  const [pending, startTransition] = useTransition();

  function send() {
    startTransition(async () => {
      const result = await redeliver(deliveryId).catch(() => null);
      setFailure(result?.ok ? null : (result?.message ?? UNREACHABLE));
      if (result?.ok && result.value.isSuccess) toastSuccess("The event was delivered");
    });
  }
  return (
    <>
      <Button size="sm" pending={pending} onClick={send} aria-label={`Redeliver ${what}`}>
        Redeliver
      </Button>
      {failure && (
        <p role="alert" className="mt-1 max-w-64 text-sm text-danger sm:ml-auto">
          {failure}
        </p>
      )}
    </>
  );
}
