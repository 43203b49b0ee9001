"use client";

import { CircleAlert } from "lucide-react";
import { useEffect, useRef } from "react";

export interface ErrorSummaryProps {
  /** "Not saved: 2 fields need attention". */
  title: string;
  /** Each field with what is wrong with it; `fieldId` is the control's id. */
  errors: ReadonlyArray<{ fieldId: string; label: string; message: string }>;
}

/** At the head of a form that failed: what is wrong, each a link to its field. Takes the focus as it appears. */
export function ErrorSummary({ title, errors }: ErrorSummaryProps) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.focus(), [errors]);
  if (errors.length === 0) return null;
  return (
    <div
      ref={box}
      role="alert"
      tabIndex={-1}
      className="flex gap-3 rounded-lg border border-danger/40 bg-danger-soft px-3.5 py-2.5"
    >
      <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-danger" />
      <div className="min-w-0">
        <p className="font-medium">{title}</p>
        <ul className="mt-0.5 text-sm">
          {errors.map(({ fieldId, label, message }) => (
            <li key={fieldId}>
              <a
                href={`#${fieldId}`}
                className="rounded-sm text-danger underline underline-offset-3"
                onClick={(event) => {
                  const field = document.getElementById(fieldId);
                  if (!field) return;
                  event.preventDefault();
                  // A field inside a closed fold cannot take the focus.
                  field.closest("details")?.setAttribute("open", "");
                  field.focus();
                }}
              >
                {label}
              </a>
              <span className="text-muted">: {message}</span>
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}
