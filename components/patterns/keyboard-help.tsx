"use client";

import { Dialog } from "@/components/ui/dialog";
import { Kbd } from "@/components/ui/kbd";
import { Switch } from "@/components/ui/switch";

export interface KeyboardHelpProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  shortcuts: ReadonlyArray<{ keys: string; does: string }>;
  /** Whether single letters act; people who speak to their machine need them off (WCAG 2.1.4). */
  enabled: boolean;
  onEnabledChange: (enabled: boolean) => void;
}

/** What the keys do; opened by `?`. */
export function KeyboardHelp({ open, onOpenChange, shortcuts, enabled, onEnabledChange }: KeyboardHelpProps) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Keyboard shortcuts" size="sm">
      <dl className="grid grid-cols-[1fr_auto] items-center gap-y-2">
        {shortcuts.map(({ keys, does }) => (
          <div key={keys} className="contents">
            <dt>{does}</dt>
            <dd>
              <Kbd keys={keys} />
            </dd>
          </div>
        ))}
      </dl>
      <div className="mt-4 border-t pt-3">
        <Switch
          label="Shortcuts of plain letters"
          checked={enabled}
          onChange={(event) => onEnabledChange(event.target.checked)}
        />
      </div>
    </Dialog>
  );
}
