"use client";

import { useId, useMemo, type ReactNode } from "react";
import { CircleAlert } from "lucide-react";
import { classNames } from "@/components/ui/class-names";
import { FieldContext } from "@/components/ui/field-context";

export interface FieldProps {
  /** The control's accessible name, exactly. */
  label: string;
  /** Made where it is left out. Hint and error get `${id}-description` and `${id}-error`. */
  id?: string;
  hint?: ReactNode;
  /** What is wrong and what to do. */
  error?: string | readonly string[] | null;
  required?: boolean;
  /** The label is read out and not drawn. */
  hideLabel?: boolean;
  /** At the right end of the label's line: a link to a guide, a small button. */
  aside?: ReactNode;
  className?: string;
  /** One `Input`, `Textarea`, `Select` … : it finds its id and descriptions by itself. */
  children: ReactNode;
}

/** A labelled control with its hint and, under it, what is wrong with it. */
export function Field({
  label,
  id,
  hint,
  error,
  required,
  hideLabel,
  aside,
  className,
  children,
}: FieldProps) {
  const generated = useId();
  const fieldId = id ?? generated;
  const messages = typeof error === "string" ? [error] : (error ?? []);
  const invalid = messages.length > 0;
  const describedBy =
    [hint ? `${fieldId}-description` : "", invalid ? `${fieldId}-error` : ""].filter(Boolean).join(" ") ||
    undefined;
  const context = useMemo(
    () => ({ id: fieldId, describedBy, invalid, required: Boolean(required) }),
    [fieldId, describedBy, invalid, required],
  );

  return (
    <FieldContext value={context}>
      <div className={classNames("flex min-w-0 flex-col gap-1", className)}>
        <div className={hideLabel ? "sr-only" : "flex items-baseline gap-1 text-sm"}>
          <label htmlFor={fieldId} className="font-medium text-ink">
            {label}
          </label>
          {/* Outside the label, so that the accessible name is the label and nothing else. */}
          {required && (
            <span aria-hidden title="Required" className="text-danger">
              *
            </span>
          )}
          {aside && <span className="ml-auto">{aside}</span>}
        </div>
        {children}
        {hint && (
          <p id={`${fieldId}-description`} className="text-sm text-muted">
            {hint}
          </p>
        )}
        {invalid && (
          <p id={`${fieldId}-error`} className="flex gap-1.5 text-sm text-danger">
            <CircleAlert aria-hidden className="mt-0.5 size-3.5 shrink-0" />
            <span className="min-w-0">{messages.join(" ")}</span>
          </p>
        )}
      </div>
    </FieldContext>
  );
}
