"use client";

import { CopyButton } from "@/components/ui/copy-button";
import { Field } from "@/components/ui/field";
import { Textarea } from "@/components/ui/textarea";

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
        {/* Several lines where one is too short for it: half an address is no use to anybody. */}
        <Textarea
          readOnly
          mono
          rows={1}
          className="resize-none! break-all"
          value={value ?? ""}
          placeholder={placeholder}
          onFocus={(event) => event.target.select()}
        />
        {value && <CopyButton value={value} label="Copy Redirect URI" />}
      </div>
    </Field>
  );
}
