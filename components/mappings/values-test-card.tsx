"use client";

import { useState } from "react";
import type { TestOutcome } from "@/components/integrations/integration-actions";
import { useIntegrationScreen, type useConnectionActs } from "@/components/integrations/integration-context";
import { TestOutcomeCard } from "@/components/integrations/test-outcome-card";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";

export interface ValuesTestCardProps {
  organization: { id: string; name: string };
  acts: ReturnType<typeof useConnectionActs>;
}

/** Asks a service without OAuth with the values that this organization's scripts get. */
export function ValuesTestCard({ organization: { id, name }, acts }: ValuesTestCardProps) {
  const { view, actions } = useIntegrationScreen();
  const [outcome, setOutcome] = useState<TestOutcome | null>(null);

  async function test() {
    setOutcome(null);
    const done = await acts.run("test", () => actions.test(view.id, id));
    setOutcome(done && done.value);
  }
  return (
    <>
      {acts.failure && (
        <Alert tone="danger" title={acts.failure.title} live>
          {acts.failure.message}
        </Alert>
      )}
      <Card title="Connection">
        <div className="flex flex-col items-start gap-3">
          <p>
            Says whether the service takes the values that are saved for {name}, as far as it can be asked.
          </p>
          <Button
            aria-label={`Test connection of ${name}`}
            pending={acts.running === "test"}
            onClick={() => void test()}
          >
            Test connection
          </Button>
        </div>
      </Card>
      {outcome && (
        <TestOutcomeCard outcome={outcome} testUrl={view.testUrl} dismiss={() => setOutcome(null)} />
      )}
    </>
  );
}
