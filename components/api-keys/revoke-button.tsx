"use client";

import { useState } from "react";
import type { ActionResult } from "@/components/integrations/action-result";
import { ConfirmByName } from "@/components/patterns/confirm-by-name";
import { Button } from "@/components/ui/button";
import { toastSuccess } from "@/components/ui/toast";

export type RevokeAction = (id: string) => Promise<ActionResult<null>>;

export interface RevokeButtonProps {
  apiKey: { id: string; name: string; prefix: string };
  revoke: RevokeAction;
}

/** Ends a key for good, once its name was typed. */
export function RevokeButton({ apiKey: { id, name, prefix }, revoke }: RevokeButtonProps) {
  const [open, setOpen] = useState(false);

  async function confirm(): Promise<string | void> {
    const result = await revoke(id).catch(() => null);
    if (!result) return "The server could not be reached. Check the connection and try again.";
    if (!result.ok) return result.message;
    toastSuccess(`${name} is revoked`);
  }
  return (
    <>
      <Button size="sm" aria-label={`Revoke ${name}`} onClick={() => setOpen(true)}>
        Revoke
      </Button>
      <ConfirmByName
        open={open}
        onOpenChange={setOpen}
        title={`Revoke ${name}`}
        name={name}
        consequences={[
          <>
            the access of every script that uses <span className="font-mono">{prefix}…</span>: it is refused
            from its next call on, until it gets another key
          </>,
        ]}
        confirmLabel="Revoke"
        onConfirm={confirm}
      />
    </>
  );
}
