"use client";

import { EditClientLink } from "@/components/health/edit-client-link";
import type { MendButtonProps } from "@/components/health/mend-button";
import { RowConnectButton } from "@/components/integrations/connect-button";
import { RowRefreshButton } from "@/components/integrations/row-refresh-button";

/** The inside of `MendButton`, loaded lazily by it alone. */
export default function MendingAct({ act, target, actions, onError, className }: MendButtonProps) {
  const look = { size: "sm", className } as const;
  switch (act) {
    case "reconnect":
      return (
        <RowConnectButton
          {...look}
          integration={target}
          connect={actions.connect}
          verb="Reconnect"
          onError={onError}
        />
      );
    case "refresh":
      return <RowRefreshButton {...look} target={target} refresh={actions.refresh} onError={onError} />;
    case "edit_secret":
    case "edit_settings":
      return <EditClientLink {...look} integrationId={target.id} act={act} name={target.name} />;
    case null:
      return null;
  }
}
