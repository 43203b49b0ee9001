"use client";

import type { ComponentProps } from "react";
import { classNames } from "@/components/ui/class-names";
import { useFieldControl } from "@/components/ui/field-context";

export interface InputProps extends ComponentProps<"input"> {
  /** Ids, URLs, tokens: the monospaced face, no spelling or capitals "corrected". */
  mono?: boolean;
}

/** A one-line text control; inside a `Field` it is labelled and described by it. */
export function Input({ mono, className, ...rest }: InputProps) {
  const control = useFieldControl(rest);
  return (
    <input
      type="text"
      {...(mono ? { spellCheck: false, autoCapitalize: "off", autoCorrect: "off" } : {})}
      {...rest}
      {...control}
      className={classNames("control", mono && "font-mono", className)}
    />
  );
}
