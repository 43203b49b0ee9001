"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { ConnectAction } from "@/components/integrations/integration-actions";
import { integrationKey, integrationsKey } from "@/components/integrations/integration-query";
import { leaveThen } from "@/components/patterns/leave-guard";
import { Button, type ButtonProps } from "@/components/ui/button";
import { toastSuccess } from "@/components/ui/toast";

export interface ConnectTarget {
  id: string;
  /** Whose connection it is, in words. */
  name: string;
  /** Left out: the default connection. */
  organizationId?: string | undefined;
}

/** Starts a handshake and sends the browser to the service, or fetches a token at once. */
export function useConnect(integration: ConnectTarget, connect: ConnectAction) {
  const queryClient = useQueryClient();
  const [pending, setPending] = useState(false);
  const [error, setError] = useState<string | null>(null);

  async function run() {
    setPending(true);
    setError(null);
    const result = await connect(integration.id, integration.organizationId).catch(() => null);
    if (result?.ok && result.value.kind === "redirect") {
      // Pending stays: the browser is on its way. It comes back to a fresh page, or from its cache to this one.
      window.addEventListener("pageshow", () => setPending(false), { once: true });
      window.location.assign(result.value.url);
      return;
    }
    setPending(false);
    if (!result) setError("The server could not be reached. Check the connection and try again.");
    else if (!result.ok) setError(result.message);
    else toastSuccess(`${integration.name} is connected`);
    void queryClient.invalidateQueries({ queryKey: integrationKey(integration.id) });
    void queryClient.invalidateQueries({ queryKey: integrationsKey });
  }
  return { pending, error, start: () => leaveThen(() => void run()) };
}

export interface ConnectButtonProps extends Pick<ButtonProps, "variant" | "size" | "className"> {
  integration: ConnectTarget;
  connect: ConnectAction;
  /** "Connect" or "Reconnect". */
  verb: "Connect" | "Reconnect";
  onError: (message: string | null) => void;
}

/** Connect or Reconnect in a row of several: its accessible name ends with whose it is. */
export function RowConnectButton({ integration, connect, verb, onError, ...look }: ConnectButtonProps) {
  const { pending, error, start } = useConnect(integration, connect);
  const [told, setTold] = useState<string | null>(null);
  if (error !== told) {
    setTold(error);
    onError(error);
  }
  return (
    <Button {...look} pending={pending} onClick={start} aria-label={`${verb} ${integration.name}`}>
      {verb}
    </Button>
  );
}
