"use client";

import { CopyButton } from "@/components/ui/copy-button";
import { Input } from "@/components/ui/input";
import { Field } from "@/components/ui/field";

export interface RedirectUriProps {
  value: string | null;
  /** What is said where there is none yet. */
  placeholder?: string;
  className?: string;
}

/** The address that the service sends people back to, ready to copy. */
export function RedirectUri({ value, placeholder, className }: RedirectUriProps) {
  return (
    <Field label="Redirect URI" className={className}>
      <div className="flex items-center gap-1">
        <Input
          readOnly
          mono
          value={value ?? ""}
          placeholder={placeholder}
          onFocus={(event) => event.target.select()}
        />
        {value && <CopyButton value={value} label="Copy Redirect URI" />}
      </div>
    </Field>
  );
}
