import { Button } from "@/components/ui/button";
import { classNames } from "@/components/ui/class-names";

export interface FormBarProps {
  /** "Save schema". */
  label: string;
  dirty: boolean;
  pending: boolean;
  disabled: boolean;
  onDiscard: () => void;
}

/** A form's Save at its foot; it stays in sight while something is not saved. */
export function FormBar({ label, dirty, pending, disabled, onDiscard }: FormBarProps) {
  return (
    <div
      className={classNames(
        "flex items-center gap-2 rounded-b-lg border-t bg-surface px-4 py-2.5",
        dirty && "sticky bottom-0 z-10 max-sm:*:flex-1",
      )}
    >
      <Button
        type="submit"
        variant={dirty ? "primary" : "secondary"}
        pending={pending}
        disabled={disabled}
        title="Ctrl/⌘ Enter"
        aria-keyshortcuts="Control+Enter Meta+Enter"
      >
        {label}
      </Button>
      {dirty && (
        <>
          <Button onClick={onDiscard}>Discard changes</Button>
          <span className="text-sm text-muted max-sm:hidden">Not saved yet</span>
        </>
      )}
    </div>
  );
}
