import { useId, type ComponentProps, type ReactNode } from "react";
import { classNames } from "@/components/ui/class-names";

export interface CheckboxProps extends Omit<ComponentProps<"input">, "type" | "children"> {
  label: string;
  hint?: ReactNode;
}

/** A labelled checkbox; the browser's own, so it submits `on` (or its `value`) under its `name`. */
export function Checkbox({ label, hint, className, ...rest }: CheckboxProps) {
  const hintId = useId();
  return (
    <div className={classNames("flex flex-col", className)}>
      <label className="inline-flex items-start gap-2 py-1 max-sm:min-h-11 max-sm:items-center">
        <input
          {...rest}
          type="checkbox"
          aria-describedby={hint ? hintId : rest["aria-describedby"]}
          className="mt-0.5 size-4 shrink-0 accent-(--accent) disabled:opacity-50 max-sm:mt-0 max-sm:size-5"
        />
        <span>{label}</span>
      </label>
      {hint && (
        <p id={hintId} className="pl-6 text-sm text-muted max-sm:pl-7">
          {hint}
        </p>
      )}
    </div>
  );
}
