"use client";

import { useState, useTransition } from "react";
import type { ActionResult } from "@/components/integrations/action-result";
import { AlertDialog } from "@/components/ui/alert-dialog";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { toastSuccess } from "@/components/ui/toast";

export type RevokeAction = (id: string) => Promise<ActionResult<null>>;

export interface RevokeButtonProps {
  apiKey: { id: string; name: string; prefix: string };
  revoke: RevokeAction;
}

/** Ends a key after a question that says what follows. */
export function RevokeButton({ apiKey, revoke }: RevokeButtonProps) {
  const [open, setOpen] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const [pending, startTransition] = useTransition();

  function confirm() {
    startTransition(async () => {
      const result = await revoke(apiKey.id);
      if (!result.ok) return setFailure(result.message);
      setOpen(false);
      toastSuccess(`${apiKey.name} is revoked`);
    });
  }
  return (
    <>
      <Button
        size="sm"
        aria-label={`Revoke ${apiKey.name}`}
        onClick={() => {
          setFailure(null);
          setOpen(true);
        }}
      >
        Revoke
      </Button>
      <AlertDialog
        open={open}
        onOpenChange={setOpen}
        title={`Revoke ${apiKey.name}?`}
        confirmLabel="Revoke"
        danger
        pending={pending}
        onConfirm={confirm}
      >
        <p>
          Every script that uses <span className="font-mono">{apiKey.prefix}…</span> is refused from its next
          call on. This cannot be undone; create another key to replace it.
        </p>
        {failure && (
          <Alert tone="danger" title="The key was not revoked" live className="mt-3">
            {failure}
          </Alert>
        )}
      </AlertDialog>
    </>
  );
}
