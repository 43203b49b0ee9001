import { CircleAlert } from "lucide-react";
import { Checkbox } from "@/components/ui/checkbox";
import { WEBHOOK_EVENTS } from "@/lib/webhooks/rules";

interface EventFieldsProps {
  chosen: readonly string[];
  errors: readonly string[];
}

/** A checkbox for each event, with what it tells in one line. */
export function EventFields({ chosen, errors }: EventFieldsProps) {
  const isInvalid = errors.length > 0;
  return (
    <fieldset
      aria-describedby={isInvalid ? "webhook-events-error" : undefined}
      className="flex flex-col gap-1.5"
    >
      <legend className="mb-1 text-sm font-medium">Events</legend>
      {Object.entries(WEBHOOK_EVENTS).map(([type, explanation]) => (
        <Checkbox
          key={type}
          name="events"
          value={type}
          label={type}
          hint={explanation}
          defaultChecked={chosen.includes(type)}
        />
      ))}
      {isInvalid && (
        <p id="webhook-events-error" className="flex gap-1.5 text-sm text-danger">
          <CircleAlert aria-hidden className="mt-0.5 size-3.5 shrink-0" />
          <span>{errors.join(" ")}</span>
        </p>
      )}
    </fieldset>
  );
}
