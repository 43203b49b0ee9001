"use client";

import { Search } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useEarlyValue } from "@/components/patterns/use-early-value";
import { useUrlParam } from "@/components/patterns/use-url-param";
import { Kbd } from "@/components/ui/kbd";
import { Spinner } from "@/components/ui/spinner";

export interface SearchInputProps {
  /** The accessible name and the placeholder: "Search integrations". */
  label: string;
  /** The search parameter it writes. */
  param?: string;
  /** `/` goes here; false for the second of two. */
  hasShortcut?: boolean;
}

/** A search box whose words live in the address; `/` focuses it, Esc empties it. */
export function SearchInput({ label, param = "q", hasShortcut = true }: SearchInputProps) {
  const { value, set, pending } = useUrlParam(param);
  const [text, setText] = useState(value);
  const [written, setWritten] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const input = useEarlyValue<HTMLInputElement>(value, (early) => change(early, 250));

  // The address changed by itself (Back, a link): follow it, but never what is still being typed.
  if (value !== written && !pending) {
    setWritten(value);
    setText(value);
  }

  function change(next: string, delayMs: number) {
    setText(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      setWritten(next);
      set(next);
    }, delayMs);
  }

  return (
    <div role="search" aria-label={label} className="relative w-full sm:w-72">
      <Search
        aria-hidden
        className="pointer-events-none absolute top-1/2 left-2.5 size-4 -translate-y-1/2 text-muted"
      />
      <input
        ref={input}
        type="search"
        aria-label={label}
        aria-keyshortcuts={hasShortcut ? "/" : undefined}
        data-search={hasShortcut || undefined}
        placeholder={`${label}…`}
        value={text}
        onChange={(event) => change(event.target.value, 250)}
        onKeyDown={(event) => {
          if (event.key === "Escape" && text) change("", 0);
          if (event.key === "Enter") change(text, 0);
        }}
        className="control pr-8 pl-8 [&::-webkit-search-cancel-button]:hidden"
      />
      <span aria-hidden className="pointer-events-none absolute top-1/2 right-2 -translate-y-1/2 text-muted">
        {pending ? (
          <Spinner />
        ) : (
          hasShortcut &&
          text === "" && (
            <span className="pointer-coarse:hidden">
              <Kbd keys="/" />
            </span>
          )
        )}
      </span>
    </div>
  );
}
