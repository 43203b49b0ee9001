"use client";

import { CircleAlert } from "lucide-react";
import { useState } from "react";
import { MendButton } from "@/components/health/mend-button";
import { TroubleLine } from "@/components/health/trouble-words";
import { RowConnectButton } from "@/components/integrations/connect-button";
import type { IntegrationActions } from "@/components/integrations/integration-actions";
import { ButtonLink } from "@/components/ui/button-link";
import type { IntegrationListRow } from "@/lib/integrations/schema";

export interface IntegrationRowDetailProps {
  row: IntegrationListRow;
  actions: Pick<IntegrationActions, "connect" | "refresh">;
}

/** A row's second line: what is wrong and the button that mends it, or else the description. */
export function IntegrationRowDetail({ row, actions }: IntegrationRowDetailProps) {
  const [failure, setFailure] = useState<string | null>(null);
  const cause = failure ?? causeOf(row);
  const act = row.trouble?.act ?? null;
  const verb = act === null ? verbFor(row) : null;
  const look = "max-sm:w-full sm:-my-2";
  if (!cause && !row.trouble && !verb && row.description === "") return null;
  return (
    // Its line gives way to the table's width, rather than widening the table.
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2 text-sm sm:w-0 sm:min-w-full sm:flex-nowrap">
      {(cause ?? row.trouble) ? (
        <p role={failure ? "alert" : undefined} className="flex min-w-0 flex-1 gap-1.5 text-danger">
          <CircleAlert aria-hidden className="mt-0.5 size-3.5 shrink-0" />
          {cause === null && row.trouble ? (
            <TroubleLine trouble={row.trouble} />
          ) : (
            <span className="min-w-0 wrap-anywhere">{cause}</span>
          )}
        </p>
      ) : (
        <p className="min-w-0 flex-1 text-muted sm:truncate">{row.description}</p>
      )}
      <MendButton act={act} target={row} actions={actions} onError={setFailure} className={look} />
      {verb && (
        <RowConnectButton
          integration={row}
          connect={actions.connect}
          verb={verb}
          size="sm"
          className={look}
          onError={setFailure}
        />
      )}
      {row.status === "incomplete" && (
        <ButtonLink
          size="sm"
          prefetch={false}
          href={`/settings/integrations/${row.id}/configuration`}
          aria-label={`Enter values of ${row.name}`}
          className={look}
        >
          Enter values
        </ButtonLink>
      )}
    </div>
  );
}

/** What is wrong besides a trouble that has its own words. */
function causeOf(row: IntegrationListRow): string | null {
  if (row.trouble) return null;
  if (row.error) return row.error;
  if (row.status === "incomplete") return "A required value is missing.";
  return null;
}

/** A trouble has a button of its own, for whom it is to mend: connecting anew mends no OAuth client. */
function verbFor(row: IntegrationListRow): "Connect" | "Reconnect" | null {
  if (!row.canConnect) return null;
  if (row.status === "not_connected") return "Connect";
  if (row.trouble) return null;
  return row.status === "reconnect_required" || row.status === "degraded" ? "Reconnect" : null;
}
