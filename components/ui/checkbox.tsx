import { CircleAlert } from "lucide-react";
import { useId, type ComponentProps, type ReactNode } from "react";
import { classNames } from "@/components/ui/class-names";

export interface CheckboxProps extends Omit<ComponentProps<"input">, "type" | "children"> {
  label: string;
  hint?: ReactNode;
  /** What is wrong and what to do. */
  error?: readonly string[];
}

/** A labelled checkbox; the browser's own, so it submits `on` (or its `value`) under its `name`. */
export function Checkbox({ label, hint, error = [], className, ...rest }: CheckboxProps) {
  const hintId = useId();
  const errorId = `${hintId}-error`;
  const invalid = error.length > 0;
  const describedBy = [hint ? hintId : "", invalid ? errorId : ""].filter(Boolean).join(" ");
  return (
    <div className={classNames("flex flex-col", className)}>
      <label className="inline-flex items-start gap-2 py-1 max-sm:min-h-11 max-sm:items-center">
        <input
          {...rest}
          type="checkbox"
          aria-invalid={invalid || undefined}
          aria-describedby={describedBy || rest["aria-describedby"]}
          className="mt-0.5 size-4 shrink-0 accent-(--accent) disabled:opacity-50 max-sm:mt-0 max-sm:size-5"
        />
        <span>{label}</span>
      </label>
      {hint && (
        <p id={hintId} className="pl-6 text-sm text-muted max-sm:pl-7">
          {hint}
        </p>
      )}
      {invalid && (
        <p id={errorId} className="flex gap-1.5 pl-6 text-sm text-danger max-sm:pl-7">
          <CircleAlert aria-hidden className="mt-0.5 size-3.5 shrink-0" />
          <span className="min-w-0">{error.join(" ")}</span>
        </p>
      )}
    </div>
  );
}
