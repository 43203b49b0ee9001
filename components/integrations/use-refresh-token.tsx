"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { ConnectTarget } from "@/components/integrations/connect-button";
import type { IntegrationActions } from "@/components/integrations/integration-actions";
import { UNREACHABLE, type useConnectionActs } from "@/components/integrations/integration-context";
import { integrationKey, integrationsKey } from "@/components/integrations/integration-query";
import { Button, type ButtonProps } from "@/components/ui/button";
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

export interface RowRefreshButtonProps extends Pick<ButtonProps, "size" | "className"> {
  target: ConnectTarget;
  refresh: IntegrationActions["refresh"];
  onError: (message: string | null) => void;
}

/** Refresh token in a row of several: its accessible name ends with whose it is. */
export function RowRefreshButton({ target, refresh, onError, ...look }: RowRefreshButtonProps) {
  const queryClient = useQueryClient();
  const [pending, setPending] = useState(false);

  async function run() {
    setPending(true);
    onError(null);
    const result = await refresh(target.id, target.organizationId).catch(() => null);
    setPending(false);
    if (result?.ok) toastSuccess(`The token of ${target.name} is refreshed`);
    else onError(result?.message ?? UNREACHABLE);
    void queryClient.invalidateQueries({ queryKey: integrationKey(target.id) });
    void queryClient.invalidateQueries({ queryKey: integrationsKey });
  }
  return (
    <Button
      {...look}
      pending={pending}
      onClick={() => void run()}
      aria-label={`Refresh token ${target.name}`}
    >
      Refresh token
    </Button>
  );
}
