import type { ChangeEventHandler, ReactNode } from "react";
import { classNames } from "@/components/ui/class-names";

export interface RadioOption {
  value: string;
  label: string;
  hint?: ReactNode;
  disabled?: boolean;
}

export interface RadioGroupProps {
  /** The group's accessible name. */
  label: string;
  name: string;
  options: readonly RadioOption[];
  defaultValue?: string;
  value?: string;
  onChange?: ChangeEventHandler<HTMLInputElement>;
  hideLabel?: boolean;
  className?: string;
}

/** One choice of a few, each with room for a hint; the browser's own radios, submitted under `name`. */
export function RadioGroup(props: RadioGroupProps) {
  const { label, name, options, defaultValue, value, onChange, hideLabel, className } = props;
  return (
    <fieldset className={classNames("min-w-0", className)}>
      <legend className={hideLabel ? "sr-only" : "mb-1 text-sm font-medium"}>{label}</legend>
      <div className="flex flex-col gap-1">
        {options.map((option) => (
          <label key={option.value} className="flex items-start gap-2 py-1 max-sm:min-h-11">
            <input
              type="radio"
              name={name}
              value={option.value}
              disabled={option.disabled}
              onChange={onChange}
              {...(value === undefined
                ? { defaultChecked: option.value === defaultValue }
                : { checked: option.value === value, readOnly: !onChange })}
              className="mt-0.5 size-4 shrink-0 accent-(--accent)"
            />
            <span className="min-w-0">
              {option.label}
              {option.hint && <span className="block text-sm text-muted">{option.hint}</span>}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
