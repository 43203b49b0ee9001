import type { RadioGroupProps } from "@/components/ui/radio-group";
import { classNames } from "@/components/ui/class-names";

/** A `RadioGroup` drawn as one bar of short words; same props, arrows move the choice, hints are left out. */
export function Segmented(props: RadioGroupProps) {
  const { label, name, options, defaultValue, value, onChange, hideLabel, className } = props;
  return (
    <fieldset className={classNames("min-w-0", className)}>
      <legend className={hideLabel ? "sr-only" : "mb-1 text-sm font-medium"}>{label}</legend>
      <div className="inline-flex max-w-full flex-wrap gap-0.5 rounded-lg border bg-sunken p-0.5">
        {options.map((option) => (
          <label
            key={option.value}
            className={classNames(
              "relative flex h-7 items-center rounded-md px-2.5 text-sm text-muted transition-colors hover:text-ink max-sm:h-11",
              "has-checked:bg-raised has-checked:font-medium has-checked:text-ink has-checked:shadow-card",
              "has-focus-visible:outline-2 has-focus-visible:outline-accent has-disabled:opacity-50",
            )}
          >
            <input
              type="radio"
              name={name}
              value={option.value}
              disabled={option.disabled}
              onChange={onChange}
              {...(value === undefined
                ? { defaultChecked: option.value === defaultValue }
                : { checked: option.value === value, readOnly: !onChange })}
              className="sr-only"
            />
            {option.label}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
