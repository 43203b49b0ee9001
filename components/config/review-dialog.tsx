"use client";

import { useState } from "react";
import { changesInWords, droppedValues } from "@/components/config/change-words";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { Dialog } from "@/components/ui/dialog";
import { Badge } from "@/components/ui/badge";
import type { FieldChange } from "@/lib/config/schema";

export interface ReviewDialogProps {
  /** Null: closed. */
  changes: readonly FieldChange[] | null;
  pending: boolean;
  onCancel: () => void;
  onConfirm: () => void;
}

/** What saving the schema would do to stored values, said before it happens; what would be dropped must be accepted. */
export function ReviewDialog({ changes, pending, onCancel, onConfirm }: ReviewDialogProps) {
  return (
    <Dialog
      open={changes !== null}
      onOpenChange={(open) => !open && onCancel()}
      title="What saving does to stored values"
      size="md"
    >
      {changes && <Review changes={changes} pending={pending} onCancel={onCancel} onConfirm={onConfirm} />}
    </Dialog>
  );
}

function Review({
  changes,
  pending,
  onCancel,
  onConfirm,
}: ReviewDialogProps & { changes: readonly FieldChange[] }) {
  const [accepted, setAccepted] = useState(false);
  const dropped = droppedValues(changes);
  const words = dropped === 1 ? "1 value" : `${dropped.toLocaleString("en")} values`;
  return (
    <div className="flex flex-col gap-4">
      <ul className="flex max-h-80 flex-col gap-2.5 overflow-y-auto">
        {changesInWords(changes).map(({ key, sentence, drops }) => (
          <li key={`${key} ${sentence}`} className="flex flex-wrap items-baseline gap-x-2">
            <code className="font-mono font-medium">{key}</code>
            {drops && <Badge tone="danger">Dropped</Badge>}
            <span className="w-full text-muted">{sentence}</span>
          </li>
        ))}
      </ul>
      {dropped > 0 && (
        <Checkbox
          label={`Drop ${words}`}
          hint="Nothing brings them back."
          checked={accepted}
          onChange={(event) => setAccepted(event.target.checked)}
        />
      )}
      <div className="flex justify-end gap-2 max-sm:flex-col-reverse">
        <Button onClick={onCancel}>Keep editing</Button>
        <Button
          variant={dropped > 0 ? "danger" : "primary"}
          pending={pending}
          disabled={dropped > 0 && !accepted}
          onClick={onConfirm}
        >
          {dropped > 0 ? "Save and drop" : "Save"}
        </Button>
      </div>
    </div>
  );
}
