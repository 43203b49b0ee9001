"use client";

import { accountInWords } from "@/components/integrations/connection-facts";
import { useIntegrationScreen } from "@/components/integrations/integration-context";
import { DefinitionList } from "@/components/patterns/definition-list";
import { RelativeTime } from "@/components/patterns/relative-time";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { toastSuccess } from "@/components/ui/toast";

/** A consent by another account than before waits for a word: both are shown, nothing changes until one is chosen. */
export function HeldGrantPanel() {
  const { view, actions, connection: acts } = useIntegrationScreen();
  const held = view.connection?.heldGrant;
  if (!held) return null;
  const previous = accountInWords(view.connection?.account ?? null);
  const next = accountInWords(held.account) ?? "an account that the service does not name";

  async function choose(name: string, act: typeof actions.acceptAccount, done: string) {
    if (await acts.run(name, () => act(view.id))) toastSuccess(done);
  }
  return (
    <Card
      title={
        held.reason === "tenant_mismatch"
          ? "This consent is for another tenant"
          : "This consent is by another account"
      }
      description={
        held.reason === "tenant_mismatch"
          ? `Expected was tenant ${held.expectedTenant ?? "unknown"}. Nothing has changed yet.`
          : "Nothing has changed yet: scripts still get the tokens of before."
      }
      className="border-control-line"
    >
      <div className="flex flex-col gap-4">
        <DefinitionList
          items={[
            { term: "Connected now", value: previous ?? "an account that the service did not name" },
            { term: "New consent", value: <span className="font-medium">{next}</span> },
            { term: "Kept waiting until", value: <RelativeTime value={held.expiresAt} /> },
          ]}
        />
        {view.can.connect && (
          <div className="flex flex-wrap gap-2">
            <Button
              pending={acts.running === "keep"}
              onClick={() => void choose("keep", actions.keepAccount, "The previous account stays")}
            >
              Keep the previous
            </Button>
            <Button
              variant="primary"
              pending={acts.running === "accept"}
              onClick={() =>
                void choose("accept", actions.acceptAccount, "The new account is used from now on")
              }
            >
              Use the new account
            </Button>
          </div>
        )}
      </div>
    </Card>
  );
}
