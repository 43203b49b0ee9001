import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";

export interface DefaultsConflictProps {
  /** What was typed over, beside what is stored now. */
  fields: ReadonlyArray<{ key: string; before: string; text: string }>;
  pending: boolean;
  onSaveAnyway: () => void;
}

/** Somebody saved meanwhile: what they have is shown beside what was typed, and can be saved over. */
export function DefaultsConflict({ fields, pending, onSaveAnyway }: DefaultsConflictProps) {
  return (
    <Alert
      tone="warning"
      title="Somebody else saved this integration meanwhile"
      live
      action={
        <Button size="sm" pending={pending} onClick={onSaveAnyway}>
          Save anyway
        </Button>
      }
    >
      <p>
        Nothing was saved, and all you typed is still here. What you did not touch shows their values already;
        Save anyway overwrites only these:
      </p>
      <ul className="mt-1 list-disc pl-5">
        {fields.map(({ key, before, text }) => (
          <li key={key} className="wrap-anywhere">
            <code className="font-mono">{key}</code>: they have {before || "nothing"}, you typed{" "}
            {text || "nothing"}
          </li>
        ))}
      </ul>
    </Alert>
  );
}
