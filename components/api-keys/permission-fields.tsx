import { CircleAlert } from "lucide-react";
import { Checkbox } from "@/components/ui/checkbox";
import { PERMISSION_EXPLANATIONS } from "@/lib/api-keys/rules";

export interface PermissionFieldsProps {
  name: string;
  errorId: string;
  errors: readonly string[] | undefined;
  mayReadCredentials: boolean;
}

/** A checkbox for each permission, with what it allows in one line. */
export function PermissionFields({ name, errorId, errors = [], mayReadCredentials }: PermissionFieldsProps) {
  const isInvalid = errors.length > 0;
  return (
    <fieldset aria-describedby={isInvalid ? errorId : undefined} className="flex flex-col gap-1.5">
      <legend className="mb-1 text-sm font-medium">Permissions</legend>
      {Object.entries(PERMISSION_EXPLANATIONS).map(([permission, explanation]) => {
        const isWithheld = permission === "credentials:read" && !mayReadCredentials;
        return (
          <Checkbox
            key={permission}
            name={name}
            value={permission}
            label={permission}
            hint={isWithheld ? `${explanation} Only a platform admin can give it.` : explanation}
            defaultChecked={permission === "integrations:read"}
            disabled={isWithheld}
          />
        );
      })}
      {isInvalid && (
        <p id={errorId} className="flex gap-1.5 text-sm text-danger">
          <CircleAlert aria-hidden className="mt-0.5 size-3.5 shrink-0" />
          <span>{errors.join(" ")}</span>
        </p>
      )}
    </fieldset>
  );
}
