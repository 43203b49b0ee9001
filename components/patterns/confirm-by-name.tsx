"use client";

import { useState, useTransition, type ReactNode } from "react";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";

export interface ConfirmByNameProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** "Delete integration". */
  title: string;
  /** What must be typed, to the letter; blanks count as they are shown. */
  name: string;
  /** What goes with it: "The connection of 3 organizations". */
  consequences: readonly ReactNode[];
  /** The verb on the button: "Delete". */
  confirmLabel: string;
  /** Does it; resolves to what went wrong in words, or to nothing. The dialog shows the one and closes on the other. */
  onConfirm: () => Promise<string | void>;
}

/** Asks for a thing's name before destroying it, and says what goes with it. */
export function ConfirmByName(props: ConfirmByNameProps) {
  const { open, onOpenChange, title, name, consequences, confirmLabel, onConfirm } = props;
  const [typed, setTyped] = useState("");
  const [error, setError] = useState<string | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [pending, startTransition] = useTransition();

  function change(next: boolean) {
    if (pending) return;
    setTyped("");
    setError(null);
    setFailure(null);
    onOpenChange(next);
  }

  function confirm() {
    if (asShown(typed) !== asShown(name)) return setError(`Type ${name} exactly, capitals included.`);
    startTransition(async () => {
      const problem = await onConfirm();
      if (problem) setFailure(problem);
      else onOpenChange(false);
    });
  }

  return (
    <Dialog open={open} onOpenChange={change} title={title}>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          // The dialog is a portal: in React's tree its submit would bubble into a form around it.
          event.stopPropagation();
          if (!pending) confirm();
        }}
      >
        {failure && <Alert tone="danger" title={failure} live />}
        {consequences.length > 0 && (
          <div>
            <p>This cannot be undone. With it go:</p>
            <ul className="mt-1 list-disc pl-5 text-muted">
              {consequences.map((consequence, index) => (
                <li key={index}>{consequence}</li>
              ))}
            </ul>
          </div>
        )}
        <Field label={`Type ${name} to confirm`} error={error}>
          <Input
            mono
            autoComplete="off"
            value={typed}
            onChange={(event) => {
              setTyped(event.target.value);
              setError(null);
            }}
          />
        </Field>
        <div className="flex justify-end gap-2 max-sm:flex-col-reverse">
          <Button onClick={() => change(false)}>Cancel</Button>
          <Button type="submit" variant="danger" pending={pending}>
            {confirmLabel}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** A text as a page shows it: two blanks, a no-break space or a line break look like one blank, and can be typed as one. */
function asShown(text: string): string {
  return text.trim().replace(/\s+/g, " ");
}
