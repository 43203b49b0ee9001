"use client";

import type { IntegrationActions } from "@/components/integrations/integration-actions";
import type { useConnectionActs } from "@/components/integrations/integration-context";
import { toastSuccess } from "@/components/ui/toast";
import type { ConnectionView } from "@/lib/integrations/schema";

interface Whose {
  integrationId: string;
  /** Left out: the default connection. */
  organizationId?: string;
  /** Whose token it is, for the toast. */
  name: string;
}

/** Refreshes a token now; success is a toast, and failure stays in `acts.failure`. */
export function useRefreshToken(
  { integrationId, organizationId, name }: Whose,
  refresh: IntegrationActions["refresh"],
  acts: ReturnType<typeof useConnectionActs>,
) {
  return {
    pending: acts.running === "refresh",
    run: () => {
      void acts
        .run("refresh", () => refresh(integrationId, organizationId))
        .then((done) => done && toastSuccess(`The token of ${name} is refreshed`));
    },
  };
}

/** Whether there is something to refresh with, and no person is needed first. */
export function isRefreshable(connection: ConnectionView | null, flowType: string | undefined): boolean {
  if (connection?.status !== "active" && connection?.status !== "degraded") return false;
  return connection.hasRefreshToken || flowType === "client_credentials";
}
