"use client";

import { useIntegrationScreen, type useConnectionActs } from "@/components/integrations/integration-context";
import { afterDisconnect, withoutOwn } from "@/components/mappings/serving-words";
import { mismatchInWords } from "@/components/mappings/source-words";
import { AlertDialog } from "@/components/ui/alert-dialog";
import { toastSuccess } from "@/components/ui/toast";

export interface DisconnectOwnDialogProps {
  open: boolean;
  organization: { id: string; name: string } | null;
  entityId: string | null;
  /** The mapping itself says what stands in the token URL. */
  hasOwnTokenUrl: boolean;
  acts: ReturnType<typeof useConnectionActs>;
  onClose: () => void;
}

/** Asks before an organization's own tokens are forgotten, and says what it uses afterwards. */
export function DisconnectOwnDialog({
  open,
  organization,
  entityId,
  hasOwnTokenUrl,
  acts,
  onClose,
}: DisconnectOwnDialogProps) {
  const { view, actions } = useIntegrationScreen();
  const after = organization && withoutOwn(view, organization.id, { ownEntityId: entityId, hasOwnTokenUrl });
  const mismatch = after && mismatchInWords(after, entityId);

  async function disconnect() {
    if (!organization) return;
    const result = await acts.run("disconnect", () => actions.disconnect(view.id, organization.id));
    onClose();
    if (!result) return;
    const { message } = result.value;
    if (message === null) toastSuccess(`${organization.name} is disconnected`);
    else acts.setFailure({ title: "Disconnected here, not at the service", message });
  }
  return (
    <AlertDialog
      open={open}
      onOpenChange={(next) => !next && onClose()}
      title={`Disconnect ${organization?.name ?? ""}?`}
      confirmLabel="Disconnect"
      danger
      pending={acts.running === "disconnect"}
      onConfirm={() => void disconnect()}
    >
      <p>
        {organization?.name} then {after ? afterDisconnect(after) : "has no connection"}.
        {mismatch && ` ${mismatch}`}
      </p>
      <p className="mt-2">
        {view.oauth?.revocationUrl
          ? "Its tokens are revoked at the service and deleted here. If revoking fails they are deleted here all the same."
          : "Its tokens are deleted here. No Revocation URL is set, so the consent itself stays until it is removed at the service."}
      </p>
    </AlertDialog>
  );
}
