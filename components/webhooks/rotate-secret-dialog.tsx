"use client";

import { useState, useTransition } from "react";
import { RelativeTime } from "@/components/patterns/relative-time";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { SigningSecretField } from "@/components/webhooks/signing-secret-field";
import { UNREACHABLE, type WebhookActions } from "@/components/webhooks/webhook-actions";
import type { WebhookView } from "@/lib/webhooks/schema";

interface RotateSecretDialogProps {
  webhook: Pick<WebhookView, "id" | "name">;
  rotate: WebhookActions["rotateSecret"];
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

/** Asks, makes a new signing secret and shows it this once. */
export function RotateSecretDialog({ webhook, rotate, open, onOpenChange }: RotateSecretDialogProps) {
  const [made, setMade] = useState<{ secret: string; previousUntil: string } | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [pending, startTransition] = useTransition();

  function change(next: boolean) {
    if (pending) return;
    setMade(null);
    setFailure(null);
    onOpenChange(next);
  }

  function confirm() {
    startTransition(async () => {
      const result = await rotate(webhook.id).catch(() => null);
      if (result?.ok) setMade(result.value);
      setFailure(result?.ok ? null : (result?.message ?? UNREACHABLE));
    });
  }

  return (
    <Dialog
      open={open}
      onOpenChange={change}
      title={made ? "Copy the new signing secret now" : `Rotate the signing secret of ${webhook.name}?`}
      footer={
        made ? (
          <Button onClick={() => change(false)}>Done</Button>
        ) : (
          <>
            <Button onClick={() => change(false)}>Cancel</Button>
            <Button variant="primary" pending={pending} onClick={confirm}>
              Rotate
            </Button>
          </>
        )
      }
    >
      <div className="flex flex-col gap-3">
        {failure && (
          <Alert tone="danger" title="The secret was not rotated" live>
            {failure}
          </Alert>
        )}
        {made ? (
          <>
            <SigningSecretField secret={made.secret} />
            <p className="text-muted">
              It is shown this once. Events are signed with the former secret as well until{" "}
              <RelativeTime value={made.previousUntil} />.
            </p>
          </>
        ) : (
          <p>
            For 24 hours events carry two signatures, of the new secret and of the present one, so that the
            receiver can change over without losing any. A former secret that still signs ends now.
          </p>
        )}
      </div>
    </Dialog>
  );
}
