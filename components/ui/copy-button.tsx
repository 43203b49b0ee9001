"use client";

import { Check, Copy } from "lucide-react";
import { Button, type ButtonProps } from "@/components/ui/button";
import { IconButton } from "@/components/ui/icon-button";
import { useCopied } from "@/components/ui/use-copied";

export interface CopyButtonProps {
  /** What is put on the clipboard. */
  value: string;
  /** The accessible name, saying what is copied: "Copy Redirect URI". */
  label: string;
  /** Words on the button; without them it is an icon alone. */
  text?: string;
  variant?: ButtonProps["variant"];
  size?: ButtonProps["size"];
  className?: string;
}

/** Copies a value, turns into a check mark for two seconds and announces "Copied". */
export function CopyButton({ value, label, text, variant, size, className }: CopyButtonProps) {
  const [copied, copy] = useCopied(value);
  const icon = copied ? <Check aria-hidden /> : <Copy aria-hidden />;
  if (!text) return <IconButton label={label} icon={icon} onClick={copy} className={className} />;
  return (
    <Button aria-label={label} icon={icon} onClick={copy} variant={variant} size={size} className={className}>
      {text}
    </Button>
  );
}
