"use client";

import { Ellipsis } from "lucide-react";
import { MendButton } from "@/components/health/mend-button";
import { RowConnectButton, useConnect } from "@/components/integrations/connect-button";
import type { IntegrationActions } from "@/components/integrations/integration-actions";
import { mappingHref } from "@/components/mappings/mapping-address";
import { Button } from "@/components/ui/button";
import { ButtonLink } from "@/components/ui/button-link";
import { iconButtonClass } from "@/components/ui/icon-button";
import { Menu, type MenuEntry } from "@/components/ui/menu";
import { classNames } from "@/components/ui/class-names";
import type { MappingRow } from "@/lib/mappings/schema";

export interface MappingRowActionsProps {
  integrationId: string;
  row: MappingRow;
  acts: Pick<IntegrationActions, "connect" | "refresh">;
  /** Refreshes this organization's own token; what failed is shown beside the row. */
  onRefresh: () => void;
  onFailure: (message: string | null) => void;
  onAdd: () => void;
  onAsk: (kind: "disconnect" | "remove") => void;
}

/** A row's buttons; each accessible name ends with whose it is. */
export function MappingRowActions(props: MappingRowActionsProps) {
  const { integrationId, row, acts, onRefresh, onFailure, onAdd, onAsk } = props;
  const { name, id: organizationId } = row.organization;
  const target = { id: integrationId, name, organizationId };
  const reconnect = useConnect(target, acts.connect);
  if (!row.mapping) {
    return (
      row.can.write && (
        <Button size="sm" variant="ghost" aria-label={`Map ${name}`} onClick={onAdd} className="sm:-my-1">
          Map
        </Button>
      )
    );
  }
  const hasOwn = row.connection?.source === "organization";
  const act = row.connection?.trouble?.act ?? null;
  const needsConnect = hasOwn
    ? row.connection?.status !== "active" && !row.connection?.waitsForClient && !row.connection?.trouble
    : row.connection !== null;
  const mayConnect = row.connection !== null && row.can.connect;
  const verb = mayConnect && act === null && needsConnect ? (hasOwn ? "Reconnect" : "Connect") : null;
  const canRefresh = mayConnect && hasOwn && row.connection?.status !== "reconnect_required";
  const entries: MenuEntry[] = [
    ...(canRefresh && act !== "refresh" ? [{ label: `Refresh token ${name}`, onSelect: onRefresh }] : []),
    ...(mayConnect && hasOwn && act !== "reconnect" && verb === null
      ? [{ label: `Reconnect ${name}`, onSelect: reconnect.start }]
      : []),
    ...(mayConnect && hasOwn
      ? [{ label: `Disconnect ${name}`, danger: true, onSelect: () => onAsk("disconnect") }]
      : []),
    ...(row.can.remove
      ? [{ label: `Remove mapping ${name}`, danger: true, onSelect: () => onAsk("remove") }]
      : []),
  ];
  return (
    <span className="flex items-center justify-end gap-1 max-sm:w-full max-sm:justify-start sm:-my-1">
      <MendButton act={act} target={target} actions={acts} onError={onFailure} className="max-sm:flex-1" />
      {verb && (
        <RowConnectButton
          integration={target}
          connect={acts.connect}
          verb={verb}
          size="sm"
          className="max-sm:flex-1"
          onError={onFailure}
        />
      )}
      {row.organization.isActive && (
        <ButtonLink
          size="sm"
          prefetch={false}
          variant="ghost"
          href={mappingHref(integrationId, organizationId)}
          aria-label={`${row.can.write ? "Edit" : "Show"} ${name}`}
        >
          {row.can.write ? "Edit" : "Show"}
        </ButtonLink>
      )}
      {entries.length > 0 && (
        <Menu
          label={`More actions for ${name}`}
          entries={entries}
          triggerClassName={classNames(iconButtonClass, "sm:size-7!")}
        >
          <Ellipsis aria-hidden />
        </Menu>
      )}
    </span>
  );
}
