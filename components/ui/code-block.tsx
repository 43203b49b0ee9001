import { classNames } from "@/components/ui/class-names";
import { CopyButton } from "@/components/ui/copy-button";

export interface CodeBlockProps {
  code: string;
  /** What the code is, for the copy button and screen readers: "TypeScript example". */
  label: string;
  /** Above the code, at the left: a file's name, a language. */
  caption?: string;
  className?: string;
}

/** Code to be copied, with a copy button; long lines scroll inside it. */
export function CodeBlock({ code, label, caption, className }: CodeBlockProps) {
  return (
    <figure className={classNames("relative min-w-0 rounded-lg border bg-sunken", className)}>
      {caption && (
        <figcaption className="border-b px-3.5 py-2 pr-12 font-mono text-xs text-muted">{caption}</figcaption>
      )}
      <pre
        tabIndex={0}
        role="region"
        aria-label={label}
        className="overflow-x-auto rounded-lg py-3 pr-14 pl-3.5 font-mono text-sm leading-5"
      >
        <code>{code}</code>
      </pre>
      <CopyButton value={code} label={`Copy ${label}`} className="absolute top-0.5 right-0.5 bg-sunken" />
    </figure>
  );
}
