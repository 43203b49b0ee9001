"use client";

import { useEffect, useRef, useState } from "react";
import { copyText } from "@/components/ui/copy-text";

/** `[copied, copy]`: `copied` is true for two seconds after the text was copied. */
export function useCopied(text: string): [boolean, () => void] {
  const [copied, setCopied] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);

  function copy() {
    void copyText(text).then((done) => {
      setCopied(done);
      clearTimeout(timer.current);
      timer.current = setTimeout(() => setCopied(false), 2000);
    });
  }
  return [copied, copy];
}
