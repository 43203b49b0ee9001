"use client";

import type { ComponentProps } from "react";
import { classNames } from "@/components/ui/class-names";
import { useFieldControl } from "@/components/ui/field-context";

export interface TextareaProps extends ComponentProps<"textarea"> {
  mono?: boolean;
}

/** Several lines of text, as tall as what is in it. */
export function Textarea({ mono, className, rows = 2, ...rest }: TextareaProps) {
  const control = useFieldControl(rest);
  return (
    <textarea
      rows={rows}
      {...(mono ? { spellCheck: false, autoCapitalize: "off" } : {})}
      {...rest}
      {...control}
      className={classNames("field-sizing-content max-h-96 control resize-y", mono && "font-mono", className)}
    />
  );
}
