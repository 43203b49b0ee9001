"use client";

import { lazy, Suspense } from "react";
import type { HeldGrantCardProps } from "@/components/integrations/held-grant-card";
import { useIntegrationScreen } from "@/components/integrations/integration-context";

const HeldGrantCard = lazy(async () => ({
  default: (await import("@/components/integrations/held-grant-card")).HeldGrantCard,
}));

/** A consent by another account than before waits for a word: both are shown, nothing changes until one is chosen. */
export function HeldGrantPanel() {
  const { view, actions, connection: acts } = useIntegrationScreen();
  return (
    <HeldGrant
      connection={view.connection}
      mayConnect={view.can.connect}
      acts={acts}
      accept={() => actions.acceptAccount(view.id)}
      keep={() => actions.keepAccount(view.id)}
    />
  );
}

/** The same for any connection; nothing, and nothing loaded, where no consent waits. */
export function HeldGrant(props: HeldGrantCardProps) {
  return (
    props.connection?.heldGrant && (
      <Suspense>
        <HeldGrantCard {...props} />
      </Suspense>
    )
  );
}
