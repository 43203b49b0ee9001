"use client";

import { accountInWords } from "@/components/integrations/connection-facts";
import type { ActionResult } from "@/components/integrations/action-result";
import type { useConnectionActs } from "@/components/integrations/integration-context";
import { DefinitionList } from "@/components/patterns/definition-list";
import { RelativeTime } from "@/components/patterns/relative-time";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { toastSuccess } from "@/components/ui/toast";
import type { ConnectionView } from "@/lib/integrations/schema";

export interface HeldGrantCardProps {
  connection: ConnectionView | null;
  mayConnect: boolean;
  acts: Pick<ReturnType<typeof useConnectionActs>, "running" | "run">;
  accept: () => Promise<ActionResult<null>>;
  keep: () => Promise<ActionResult<null>>;
}

/** The inside of `HeldGrant`, loaded lazily by it alone. */
export function HeldGrantCard({ connection, mayConnect, acts, accept, keep }: HeldGrantCardProps) {
  const held = connection?.heldGrant;
  if (!held) return null;
  const isConnected = connection.status !== "not_connected";
  const previous = accountInWords(connection.account) ?? "an account that the service did not name";
  const next = accountInWords(held.account) ?? "an account that the service does not name";

  async function choose(name: string, act: typeof accept, done: string) {
    if (await acts.run(name, act)) toastSuccess(done);
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
          : isConnected
            ? "Nothing has changed yet: scripts still get the tokens of before."
            : "Nothing has changed yet."
      }
      className="border-control-line"
    >
      <div className="flex flex-col gap-4">
        <DefinitionList
          items={[
            { term: "Connected now", value: isConnected ? previous : "nothing yet" },
            { term: "New consent", value: <span className="font-medium">{next}</span> },
            { term: "Kept waiting until", value: <RelativeTime value={held.expiresAt} /> },
          ]}
        />
        {mayConnect && (
          <div className="flex flex-wrap gap-2">
            <Button
              pending={acts.running === "keep"}
              onClick={() =>
                void choose(
                  "keep",
                  keep,
                  isConnected ? "The previous account stays" : "The consent is discarded",
                )
              }
            >
              {isConnected ? "Keep the previous" : "Discard it"}
            </Button>
            <Button
              variant="primary"
              pending={acts.running === "accept"}
              onClick={() => void choose("accept", accept, "The new account is used from now on")}
            >
              {isConnected ? "Use the new account" : "Use this account"}
            </Button>
          </div>
        )}
      </div>
    </Card>
  );
}
