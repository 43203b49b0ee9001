"use client";

import { useIntegrationScreen } from "@/components/integrations/integration-context";
import type { MappingActions } from "@/components/mappings/mapping-actions";
import { ConfirmByName } from "@/components/patterns/confirm-by-name";
import { toastSuccess } from "@/components/ui/toast";

export interface RemoveMappingDialogProps {
  open: boolean;
  organization: { id: string; name: string } | null;
  overrides: number;
  hasOwnConnection: boolean;
  actions: MappingActions;
  onClose: () => void;
  onRemoved: () => void;
}

/** Removes a mapping once the organization's name is typed; lists what goes with it. */
export function RemoveMappingDialog(props: RemoveMappingDialogProps) {
  const { open, organization, overrides, hasOwnConnection, actions, onClose, onRemoved } = props;
  const { view } = useIntegrationScreen();
  const name = organization?.name ?? "";
  const consequences = [
    `the entity ID and entity name of ${name} at ${view.name}`,
    overrides > 0 && (overrides === 1 ? "1 override" : `${overrides} overrides`),
    hasOwnConnection &&
      "its own connection with the stored tokens, which stay valid at the service: disconnect first to revoke them",
    `what sets ${name} apart: its scripts then get the defaults`,
  ].filter((consequence) => typeof consequence === "string");
  return (
    <ConfirmByName
      open={open}
      onOpenChange={(next) => !next && onClose()}
      title={`Remove mapping ${name}`}
      name={name}
      consequences={consequences}
      confirmLabel="Remove mapping"
      onConfirm={async () => {
        if (!organization) return;
        const input = { integrationId: view.id, organizationId: organization.id };
        const result = await actions.remove(input).catch(() => null);
        if (!result) return "The server could not be reached. Check the connection and try again.";
        if (!result.ok) return result.message;
        toastSuccess(`The mapping of ${name} was removed`);
        onRemoved();
      }}
    />
  );
}
