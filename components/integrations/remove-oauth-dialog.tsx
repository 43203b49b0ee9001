"use client";

import { useIntegrationScreen } from "@/components/integrations/integration-context";
import { storedTokens } from "@/components/integrations/settings-warnings";
import { ConfirmByName } from "@/components/patterns/confirm-by-name";

interface RemoveOAuthDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** Starts the save, whose outcome the form shows. */
  save: () => void;
}

/** Asks for the integration's name before a save takes its OAuth, and with it connections, away. */
export function RemoveOAuthDialog({ open, onOpenChange, save }: RemoveOAuthDialogProps) {
  const { view } = useIntegrationScreen();
  return (
    <ConfirmByName
      open={open}
      onOpenChange={onOpenChange}
      title={`Remove OAuth from ${view.name}`}
      name={view.name}
      consequences={[
        "its OAuth settings, with their secrets",
        storedTokens(view.counts.connections),
        "the tokens that scripts get: they are left with the configuration alone",
      ]}
      confirmLabel="Remove OAuth"
      onConfirm={async () => save()}
    />
  );
}
