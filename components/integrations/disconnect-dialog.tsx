"use client";

import { useIntegrationScreen } from "@/components/integrations/integration-context";
import { originOf } from "@/components/integrations/origins";
import { AlertDialog } from "@/components/ui/alert-dialog";
import { toastSuccess } from "@/components/ui/toast";

interface DisconnectDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

/** Asks before the tokens are forgotten, and says what then stops working. */
export function DisconnectDialog({ open, onOpenChange }: DisconnectDialogProps) {
  const { view, actions, connection, revocationEndsWholeGrant } = useIntegrationScreen();
  const revocationUrl = view.oauth?.revocationUrl ?? null;
  const service = revocationUrl && originOf(revocationUrl, {})?.replace(/^https?:\/\//, "");

  async function disconnect() {
    const result = await connection.run("disconnect", () => actions.disconnect(view.id));
    onOpenChange(false);
    if (!result) return;
    const { message } = result.value;
    if (message === null) toastSuccess(`${view.name} is disconnected`);
    else connection.setFailure({ title: "Disconnected here, not at the service", message });
  }
  return (
    <AlertDialog
      open={open}
      onOpenChange={onOpenChange}
      title={`Disconnect ${view.name}?`}
      confirmLabel="Disconnect"
      danger
      pending={connection.running === "disconnect"}
      onConfirm={() => void disconnect()}
    >
      <p>
        Scripts get no token from this connection any more, until somebody connects again.
        {view.counts.mappings > 0 &&
          ` That includes ${inOrganizations(view.counts.mappings)} without their own.`}
      </p>
      <p className="mt-2">
        {service
          ? `The tokens are revoked at ${service} and deleted here. If revoking fails they are deleted here all the same.`
          : "The tokens are deleted here. No Revocation URL is set, so the consent itself stays until it is removed at the service."}
        {service &&
          revocationEndsWholeGrant &&
          " This service then ends everything the person granted to this client, elsewhere too."}
      </p>
    </AlertDialog>
  );
}

export function inOrganizations(count: number): string {
  return count === 1 ? "1 organization" : `${count.toLocaleString("en")} organizations`;
}
