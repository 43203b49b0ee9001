"use client";

import { useEffect } from "react";
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
  /** What the screen shows now. */
  lastRefreshAt: string | null | undefined;
}

/** Refreshes a token now; success is a toast, and failure stays in `acts.failure` until the token comes after all. */
export function useRefreshToken(
  { integrationId, organizationId, name, lastRefreshAt = null }: Whose,
  refresh: IntegrationActions["refresh"],
  acts: ReturnType<typeof useConnectionActs>,
) {
  const { failure, setFailure } = acts;
  const before = failure?.lastRefreshAt;
  useEffect(() => {
    if (before !== undefined && before !== lastRefreshAt) setFailure(null);
  }, [before, lastRefreshAt, setFailure]);
  return {
    pending: acts.running === "refresh",
    run: () => {
      void acts
        .run("refresh", () => refresh(integrationId, organizationId), { lastRefreshAt })
        .then((done) => done && toastSuccess(`The token of ${name} is refreshed`));
    },
  };
}

/** Whether there is something to refresh with that may be used now, and no person is needed first. */
export function isRefreshable(connection: ConnectionView | null, flowType: string | undefined): boolean {
  if (connection?.status !== "active" && connection?.status !== "degraded") return false;
  if (connection.refreshHeldUntil !== null) return false;
  return connection.hasRefreshToken || flowType === "client_credentials";
}
