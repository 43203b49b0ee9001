import { TypedControl } from "@/components/config/typed-control";
import { ValueRow } from "@/components/config/value-row";
import { ValueText } from "@/components/mappings/value-text";
import { Button } from "@/components/ui/button";
import type { EffectiveValue } from "@/lib/mappings/schema";

export interface OverrideRowProps {
  field: EffectiveValue;
  name: string;
  text: string;
  onText: (text: string) => void;
  maySteer: boolean;
  error: readonly string[];
}

/** One field's override beside the default that it replaces. */
export function OverrideRow({ field, name, text, onText, maySteer, error }: OverrideRowProps) {
  const { key, type, steers, hasDefault, hasOverride, setAt, setBy } = field;
  const isSteered = steers !== null && !maySteer;
  const isBool = type === "bool";
  const overrides = type === "secret" ? hasOverride : text.trim() !== "";
  return (
    <ValueRow field={field} isMissing={field.required && field.source === null && !overrides}>
      <fieldset disabled={isSteered} className="flex min-w-0 flex-col gap-1.5">
        <p className="flex min-w-0 flex-wrap items-baseline gap-x-2 text-sm">
          <span className="text-muted">Default:</span>
          {hasDefault ? (
            <ValueText type={type} value={field.default} />
          ) : (
            <span className="text-muted">none</span>
          )}
        </p>
        <div className="flex min-w-0 items-start gap-2">
          <div className="min-w-0 flex-1">
            <TypedControl
              type={type}
              label={key}
              name={name}
              text={text}
              onText={onText}
              stored={type === "secret" && hasOverride && setAt !== null ? { setAt, setBy } : null}
              unset="Use default"
              placeholder={hasDefault ? "Uses the default" : "Not set"}
              hint={
                isSteered
                  ? `${steers === "Base URL" ? "It is the base URL" : `It stands in the ${steers}`}: only the provider may change it, as it decides where tokens are sent.`
                  : type === "secret" && !hasOverride && hasDefault
                    ? "Left blank, the default stands."
                    : undefined
              }
              error={error}
            />
          </div>
          {overrides && !isBool && type !== "secret" && !isSteered && (
            <Button size="sm" variant="ghost" onClick={() => onText("")} className="sm:mt-0.5">
              Use default<span className="sr-only"> for {key}</span>
            </Button>
          )}
        </div>
      </fieldset>
    </ValueRow>
  );
}
