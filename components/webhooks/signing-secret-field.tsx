"use client";

import { useEffect, useRef } from "react";
import { CopyButton } from "@/components/ui/copy-button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";

/** A signing secret, shown this once, ready to copy. */
export function SigningSecretField({ secret }: { secret: string }) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  return (
    <Field
      label="Signing secret"
      hint="Give it to the receiver, which checks with it that an event comes from here."
    >
      <div className="flex items-center gap-1">
        <Input ref={field} readOnly mono value={secret} onFocus={(event) => event.target.select()} />
        <CopyButton value={secret} label="Copy signing secret" />
      </div>
    </Field>
  );
}
