"use client";

import { lazy, Suspense } from "react";
import { useIntegrationScreen } from "@/components/integrations/integration-context";
import { useTestConnection } from "@/components/integrations/use-test-connection";

const TestOutcomeCard = lazy(async () => ({
  default: (await import("@/components/integrations/test-outcome-card")).TestOutcomeCard,
}));

/** What Test connection found: whether it worked, the service's status, and the start of its answer. */
export function TestResult() {
  const { outcome, dismiss } = useTestConnection();
  const { view } = useIntegrationScreen();
  return (
    outcome && (
      <Suspense>
        <TestOutcomeCard outcome={outcome} testUrl={view.testUrl} dismiss={dismiss} />
      </Suspense>
    )
  );
}
