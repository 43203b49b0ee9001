import { ChevronRight } from "lucide-react";
import type { ReactNode } from "react";
import { classNames } from "@/components/ui/class-names";

export interface DisclosureProps {
  /** "Advanced". */
  label: string;
  /** What is inside, in a few words, shown beside the label. */
  summary?: ReactNode;
  /** Open at first: give `true` when something inside is in error, so that it is seen. */
  defaultOpen?: boolean;
  /** Called each time it is opened. */
  onOpen?: () => void;
  className?: string;
  children: ReactNode;
}

/** A fold for what few need. The browser's `details`: what is inside stays in the form, and find-in-page opens it. */
export function Disclosure({ label, summary, defaultOpen, onOpen, className, children }: DisclosureProps) {
  return (
    <details
      open={defaultOpen}
      onToggle={onOpen && ((event) => event.currentTarget.open && onOpen())}
      className={classNames("group/disclosure", className)}
    >
      <summary className="flex min-h-8 w-fit list-none items-center gap-1.5 rounded-md pr-2 text-muted hover:text-ink max-sm:min-h-11 [&::-webkit-details-marker]:hidden">
        <ChevronRight
          aria-hidden
          className="size-4 shrink-0 transition-transform group-open/disclosure:rotate-90"
        />
        <span className="font-medium">{label}</span>
        {summary && <span className="text-sm text-faint">{summary}</span>}
      </summary>
      <div className="pt-3">{children}</div>
    </details>
  );
}
