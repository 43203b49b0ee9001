"use client";

import { useEffect, useRef } from "react";
import type { NewSetupLink } from "@/components/users/user-actions";
import { CopyButton } from "@/components/ui/copy-button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";

/** A setup link, shown this once, ready to copy. */
export function SetupLinkField({ link }: { link: NewSetupLink }) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  return (
    <Field
      label="Setup link"
      hint={`Send it to ${link.email} over a channel you trust. It works once and for 7 days, and is shown this once.`}
    >
      <div className="flex items-center gap-1">
        <Input ref={field} readOnly mono value={link.setupUrl} onFocus={(event) => event.target.select()} />
        <CopyButton value={link.setupUrl} label="Copy setup link" />
      </div>
    </Field>
  );
}
