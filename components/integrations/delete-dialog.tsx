"use client";

import { useRouter } from "next/navigation";
import { inOrganizations } from "@/components/integrations/disconnect-dialog";
import { useIntegrationScreen } from "@/components/integrations/integration-context";
import { ConfirmByName } from "@/components/patterns/confirm-by-name";
import { toastSuccess } from "@/components/ui/toast";

interface DeleteDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

/** Deletes the integration once its name is typed; lists what goes with it. */
export function DeleteDialog({ open, onOpenChange }: DeleteDialogProps) {
  const { view, actions, setDeleted } = useIntegrationScreen();
  const router = useRouter();
  const { mappings, connections, configValues } = view.counts;
  const consequences = [
    view.oauth && "its OAuth settings, the Client Secret included",
    connections > 0 &&
      `${connections === 1 ? "1 connection" : `${connections} connections`} with the stored tokens`,
    mappings > 0 && `the mappings of ${inOrganizations(mappings)}`,
    configValues > 0 && (configValues === 1 ? "1 config value" : `${configValues} config values`),
    `every script's access: asking for ${view.name} then finds nothing`,
  ].filter((consequence) => typeof consequence === "string");

  return (
    <ConfirmByName
      open={open}
      onOpenChange={onOpenChange}
      title={`Delete ${view.name}`}
      name={view.name}
      consequences={consequences}
      confirmLabel="Delete"
      onConfirm={async () => {
        const result = await actions.remove(view.id, view.name).catch(() => null);
        if (!result) return "The server could not be reached. Check the connection and try again.";
        if (!result.ok) return result.message;
        setDeleted(true);
        toastSuccess(`${view.name} was deleted`);
        router.push("/settings/integrations");
      }}
    />
  );
}
