"use client";

import { RowConnectButton, type ConnectTarget } from "@/components/integrations/connect-button";
import type { IntegrationActions } from "@/components/integrations/integration-actions";
import { RowRefreshButton } from "@/components/integrations/use-refresh-token";
import { ButtonLink } from "@/components/ui/button-link";
import type { MendingAct } from "@/lib/health/rules";

export interface MendButtonProps {
  act: MendingAct;
  /** The integration, and whose connection of it where it is not the default one. */
  target: ConnectTarget;
  actions: Pick<IntegrationActions, "connect" | "refresh">;
  onError: (message: string | null) => void;
  className?: string;
}

/** The button that mends a trouble; its accessible name ends with whose it is. */
export function MendButton({ act, target, actions, onError, className }: MendButtonProps) {
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

export interface EditClientLinkProps {
  integrationId: string;
  act: "edit_secret" | "edit_settings";
  /** Left out where the page is about this integration alone. */
  name?: string;
  size?: "sm";
  className?: string;
}

/** Leads to the field of the OAuth settings where a fault of the client is mended. */
export function EditClientLink({ integrationId, act, name, ...look }: EditClientLinkProps) {
  const label = act === "edit_secret" ? "Edit client secret" : "Edit OAuth settings";
  const field = act === "edit_secret" ? "oauth-clientSecret" : "oauth-clientId";
  return (
    <ButtonLink
      {...look}
      href={`/settings/integrations/${integrationId}#field-${field}`}
      aria-label={name && `${label} ${name}`}
    >
      {label}
    </ButtonLink>
  );
}
