import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import type { ConfigFieldView } from "@/lib/integrations/schema";

export interface SchemaConflictProps {
  /** The fields as they are stored now. */
  theirs: readonly ConfigFieldView[];
  pending: boolean;
  onTakeTheirs: () => void;
  onSaveAnyway: () => void;
}

/** Somebody saved meanwhile: what they have is shown, and what was typed here can be saved over it. */
export function SchemaConflict({ theirs, pending, onTakeTheirs, onSaveAnyway }: SchemaConflictProps) {
  return (
    <Alert
      tone="warning"
      title="Somebody else saved this integration meanwhile"
      live
      action={
        <>
          <Button size="sm" onClick={onTakeTheirs}>
            Take theirs
          </Button>
          <Button size="sm" pending={pending} onClick={onSaveAnyway}>
            Save anyway
          </Button>
        </>
      }
    >
      <p>Nothing was saved, and all you typed is still here. They have now:</p>
      <ul className="mt-1 list-disc pl-5">
        {theirs.map(({ id, key, type, required }) => (
          <li key={id}>
            <code className="font-mono">{key}</code>, {type}
            {required && ", required"}
          </li>
        ))}
      </ul>
      {theirs.length === 0 && <p>No fields.</p>}
    </Alert>
  );
}
