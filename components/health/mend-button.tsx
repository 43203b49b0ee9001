"use client";

import { lazy, Suspense } from "react";
import type { ConnectTarget } from "@/components/integrations/connect-button";
import type { IntegrationActions } from "@/components/integrations/integration-actions";
import type { MendingAct as Act } from "@/lib/health/rules";

const MendingAct = lazy(() => import("@/components/health/mending-act"));

export interface MendButtonProps {
  act: Act;
  /** The integration, and whose connection of it where it is not the default one. */
  target: ConnectTarget;
  actions: Pick<IntegrationActions, "connect" | "refresh">;
  onError: (message: string | null) => void;
  className?: string;
}

/** The button that mends a trouble; its accessible name ends with whose it is. Where all is well, it is not loaded. */
export function MendButton(props: MendButtonProps) {
  return (
    props.act !== null && (
      <Suspense>
        <MendingAct {...props} />
      </Suspense>
    )
  );
}
