import type { ReactNode } from "react";
import { Button } from "@/components/ui/button";

export interface SaveBarProps {
  pending: boolean;
  /** Nothing to save yet: the button steps back so that another may be the screen's filled one. */
  quiet?: boolean;
  /** What the button does, where that is not to save. */
  label?: string;
  children?: ReactNode;
}

/** Save and what stands beside it; at the foot of the screen on a phone, where a thumb reaches it. */
export function SaveBar({ pending, quiet, label = "Save", children }: SaveBarProps) {
  return (
    <div className="flex items-center gap-2 max-sm:fixed max-sm:inset-x-0 max-sm:bottom-0 max-sm:z-20 max-sm:border-t max-sm:bg-surface max-sm:px-4 max-sm:py-2 max-sm:*:flex-1">
      {children}
      <Button
        type="submit"
        variant={quiet ? "secondary" : "primary"}
        pending={pending}
        title="Ctrl/⌘ Enter"
        aria-keyshortcuts="Control+Enter Meta+Enter"
      >
        {label}
      </Button>
    </div>
  );
}
