import type { ReactNode } from "react";
import { classNames } from "@/components/ui/class-names";

export interface CardProps {
  title?: string;
  /** Heading level of the title. */
  level?: 2 | 3;
  description?: ReactNode;
  /** Buttons at the right end of the title's line. */
  actions?: ReactNode;
  footer?: ReactNode;
  /** The children reach the edges, as a table does. */
  flush?: boolean;
  className?: string;
  children?: ReactNode;
}

/** A bordered block of one thing, with an optional title, actions and footer. */
export function Card({
  title,
  level = 2,
  description,
  actions,
  footer,
  flush,
  className,
  children,
}: CardProps) {
  const Heading = `h${level}` as const;
  return (
    <section className={classNames("min-w-0 rounded-lg border bg-surface", className)}>
      {(title || actions) && (
        <header className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 border-b px-4 py-2.5">
          <div className="min-w-0">
            {title && <Heading className="font-medium">{title}</Heading>}
            {description && <p className="text-sm text-muted">{description}</p>}
          </div>
          {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
        </header>
      )}
      {children !== undefined && <div className={flush ? "" : "p-4"}>{children}</div>}
      {footer && <footer className="border-t px-4 py-2.5 text-sm text-muted">{footer}</footer>}
    </section>
  );
}
