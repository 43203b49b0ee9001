import { useId, type ComponentProps, type ReactNode } from "react";
import { classNames } from "@/components/ui/class-names";

export interface SwitchProps extends Omit<ComponentProps<"input">, "type" | "role" | "children"> {
  label: string;
  hint?: ReactNode;
}

/** A checkbox that reads and looks like a switch: for what takes effect by itself, or a plain on and off. */
export function Switch({ label, hint, className, ...rest }: SwitchProps) {
  const hintId = useId();
  return (
    <label
      className={classNames("flex min-h-8 items-center justify-between gap-4 max-sm:min-h-11", className)}
    >
      <span className="min-w-0">
        {label}
        {hint && (
          <span id={hintId} className="block text-sm text-muted">
            {hint}
          </span>
        )}
      </span>
      <input
        {...rest}
        type="checkbox"
        role="switch"
        aria-label={label}
        aria-describedby={hint ? hintId : undefined}
        className={classNames(
          "relative h-5 w-9 shrink-0 appearance-none rounded-full border border-control-line bg-sunken transition-colors",
          "before:absolute before:top-1/2 before:left-0.5 before:size-3.5 before:-translate-y-1/2 before:rounded-full",
          "before:bg-muted before:transition-transform checked:border-accent checked:bg-accent",
          "checked:before:translate-x-4 checked:before:bg-surface disabled:opacity-50",
        )}
      />
    </label>
  );
}
