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
  const copy = <CopyButton value={code} label={`Copy ${label}`} />;
  return (
    <figure className={classNames("relative min-w-0 self-start rounded-lg border bg-sunken", className)}>
      {caption && (
        <figcaption className="flex items-center justify-between border-b py-0.5 pr-0.5 pl-3.5 font-mono text-xs text-muted">
          {caption}
          {copy}
        </figcaption>
      )}
      <pre
        tabIndex={0}
        role="region"
        aria-label={label}
        className={classNames(
          "overflow-x-auto rounded-lg px-3.5 py-3 font-mono text-sm leading-5",
          !caption && "mr-10",
        )}
      >
        <code>{code}</code>
      </pre>
      {!caption && <div className="absolute top-0.5 right-0.5">{copy}</div>}
    </figure>
  );
}
