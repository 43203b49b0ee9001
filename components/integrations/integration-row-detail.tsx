"use client";

import { CircleAlert } from "lucide-react";
import { useState } from "react";
import { RowConnectButton } from "@/components/integrations/connect-button";
import type { ConnectAction } from "@/components/integrations/integration-actions";
import { ButtonLink } from "@/components/ui/button-link";
import type { IntegrationListRow } from "@/lib/integrations/schema";

/** A row's second line: what is wrong and the button that mends it, or else the description. */
export function IntegrationRowDetail({ row, connect }: { row: IntegrationListRow; connect: ConnectAction }) {
  const [failure, setFailure] = useState<string | null>(null);
  const cause = failure ?? causeOf(row);
  const verb = verbFor(row);
  if (!cause && !verb && row.description === "") return null;
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2 text-sm sm:flex-nowrap">
      {cause ? (
        <p role={failure ? "alert" : undefined} className="flex min-w-0 flex-1 gap-1.5 text-danger">
          <CircleAlert aria-hidden className="mt-0.5 size-3.5 shrink-0" />
          <span className="min-w-0 wrap-anywhere">{cause}</span>
        </p>
      ) : (
        <p className="min-w-0 flex-1 text-muted sm:truncate">{row.description}</p>
      )}
      {verb && (
        <RowConnectButton
          integration={row}
          connect={connect}
          verb={verb}
          size="sm"
          className="max-sm:w-full sm:-my-2"
          onError={setFailure}
        />
      )}
      {row.status === "incomplete" && (
        <ButtonLink
          size="sm"
          href={`/settings/integrations/${row.id}/configuration`}
          aria-label={`Enter values of ${row.name}`}
          className="max-sm:w-full sm:-my-2"
        >
          Enter values
        </ButtonLink>
      )}
    </div>
  );
}

function causeOf(row: IntegrationListRow): string | null {
  if (row.error) return row.error;
  if (row.status === "incomplete") return "A required value is missing.";
  if (row.status === "reconnect_required") return "The service asks for a new consent.";
  return row.status === "degraded" ? "The last refresh failed; it is tried again by itself." : null;
}

function verbFor(row: IntegrationListRow): "Connect" | "Reconnect" | null {
  if (!row.canConnect) return null;
  if (row.status === "not_connected") return "Connect";
  return row.status === "reconnect_required" || row.status === "degraded" ? "Reconnect" : null;
}
