"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { ConnectTarget } from "@/components/integrations/connect-button";
import type { IntegrationActions } from "@/components/integrations/integration-actions";
import { UNREACHABLE } from "@/components/integrations/integration-context";
import { integrationKey, integrationsKey } from "@/components/integrations/integration-query";
import { Button, type ButtonProps } from "@/components/ui/button";
import { toastSuccess } from "@/components/ui/toast";

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
