"use client";

import { Check, Copy } from "lucide-react";
import { truncateMiddle } from "@/components/patterns/truncate-middle";
import { classNames } from "@/components/ui/class-names";
import { useCopied } from "@/components/ui/use-copied";

export interface MiddleTruncateProps {
  /** The whole value: what is copied, and what the title shows. */
  value: string;
  /** What it is, for screen readers: "Client ID". */
  label: string;
  /** At most so many characters are shown. */
  max?: number;
  className?: string;
}

/** An id, URL or token: monospaced, shortened in the middle, copied on click. */
export function MiddleTruncate({ value, label, max = 32, className }: MiddleTruncateProps) {
  const [copied, copy] = useCopied(value);
  const [head = "", tail] = truncateMiddle(value, max).split(/(?<=…)/, 2);
  return (
    <button
      type="button"
      onClick={copy}
      title={value}
      className={classNames(
        "group/copy -mx-1 inline-flex max-w-full min-w-0 items-center gap-1.5 rounded px-1 text-left font-mono text-sm hover:bg-hover max-sm:min-h-11",
        className,
      )}
    >
      <span className="sr-only">
        Copy {label} {value}
      </span>
      {/* Where even this is too wide, the head gives way: the tail is what tells values apart. */}
      <span aria-hidden className="flex min-w-0">
        <span className="truncate whitespace-pre">{head}</span>
        <span className="shrink-0 whitespace-pre">{tail}</span>
      </span>
      <span
        aria-hidden
        className="shrink-0 text-muted opacity-0 group-hover/copy:opacity-100 group-focus-visible/copy:opacity-100 pointer-coarse:opacity-100 [&_svg]:size-3.5"
      >
        {copied ? <Check /> : <Copy />}
      </span>
    </button>
  );
}
