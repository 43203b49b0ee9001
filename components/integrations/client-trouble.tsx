"use client";

import { EditClientLink } from "@/components/health/edit-client-link";
import { TroubleAlert } from "@/components/integrations/connection-trouble-list";
import type { Trouble } from "@/lib/health/rules";

/** The OAuth client's own fault: told once for all its connections. */
export function ClientTrouble({ integrationId, trouble }: { integrationId: string; trouble: Trouble }) {
  const { act } = trouble;
  return (
    <TroubleAlert
      trouble={trouble}
      tone="danger"
      action={
        (act === "edit_secret" || act === "edit_settings") && (
          <EditClientLink integrationId={integrationId} act={act} size="sm" />
        )
      }
    >
      {" "}
      Every connection of this integration waits for it.
    </TroubleAlert>
  );
}
