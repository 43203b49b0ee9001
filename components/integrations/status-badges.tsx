import { StatusBadge } from "@/components/patterns/status-badge";
import type { IntegrationView } from "@/lib/integrations/schema";

/** Waiting for consent is the status only where there are no tokens, and stands beside it otherwise. */
export function StatusBadges({ view, waiting }: { view: IntegrationView; waiting: boolean }) {
  const nothingYet = view.status === "not_connected";
  return (
    <>
      <StatusBadge status={view.status} waiting={waiting && nothingYet} />
      {waiting && !nothingYet && <StatusBadge status={view.status} waiting />}
    </>
  );
}
