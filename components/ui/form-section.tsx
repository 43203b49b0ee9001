import type { ReactNode } from "react";
import { classNames } from "@/components/ui/class-names";

export interface FormSectionProps {
  title: string;
  description?: ReactNode;
  /** At the right end of the title's line. */
  aside?: ReactNode;
  /** Fields; two to a row from 1024 px when `columns` is 2. */
  columns?: 1 | 2;
  className?: string;
  children: ReactNode;
}

/** A titled group of fields in a long form. */
export function FormSection({
  title,
  description,
  aside,
  columns = 1,
  className,
  children,
}: FormSectionProps) {
  return (
    <section className={classNames("rounded-lg border bg-surface", className)}>
      <header className="flex flex-wrap items-baseline justify-between gap-x-4 border-b px-4 py-2.5">
        <h2 className="font-medium">{title}</h2>
        {aside}
        {description && <p className="w-full text-sm text-muted">{description}</p>}
      </header>
      <div className={classNames("grid gap-x-5 gap-y-3.5 p-4", columns === 2 && "lg:grid-cols-2")}>
        {children}
      </div>
    </section>
  );
}
