"use client";

import { useEffect, useRef, useState } from "react";
import { pastedLines } from "@/components/patterns/pasted-lines";
import { Input } from "@/components/ui/input";
import { Textarea } from "@/components/ui/textarea";

export interface TextControlProps {
  name: string;
  value: string;
  onText: (text: string) => void;
  placeholder?: string;
}

/** A line of text that becomes several as soon as several are pasted; put it into a `Field`. */
export function TextControl({ onText, ...shared }: TextControlProps) {
  const hasLines = shared.value.includes("\n");
  const [isTall, setTall] = useState(hasLines);
  // For as long as it is on screen: a line end taken out again must not take the control away under the caret.
  if (hasLines && !isTall) setTall(true);
  const area = useRef<HTMLTextAreaElement>(null);
  const wasPasted = useRef(false);

  useEffect(() => {
    if (isTall && wasPasted.current) area.current?.focus();
  }, [isTall]);

  return isTall ? (
    <Textarea {...shared} ref={area} mono rows={1} onChange={(event) => onText(event.target.value)} />
  ) : (
    <Input
      {...shared}
      mono
      autoComplete="off"
      onChange={(event) => onText(event.target.value)}
      onPaste={(event) => {
        const text = pastedLines(event);
        if (text === null) return;
        event.preventDefault();
        wasPasted.current = true;
        onText(text);
      }}
    />
  );
}
