"use client";

import { useEffect, useRef } from "react";
import type { TestOutcome } from "@/components/integrations/integration-actions";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { CodeBlock } from "@/components/ui/code-block";

export interface TestOutcomeCardProps {
  outcome: TestOutcome;
  testUrl: string | null;
  dismiss: () => void;
}

const FOUND_WELL: Record<TestOutcome["basis"], string> = {
  answer: "The connection works",
  reach: "The service answers; the values were not tested",
  token: "The token is valid; the service was not asked",
  values: "All values are there; the service was not asked",
};

/** What one test found. */
export function TestOutcomeCard({ outcome, testUrl, dismiss }: TestOutcomeCardProps) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    box.current?.scrollIntoView({ block: "nearest" });
  }, [outcome]);
  return (
    <div ref={box} role="status">
      <Card
        title={outcome.ok ? FOUND_WELL[outcome.basis] : "The test failed"}
        actions={
          <>
            {outcome.status !== null && (
              <Badge tone={outcome.ok ? "neutral" : "danger"}>HTTP {outcome.status}</Badge>
            )}
            {outcome.contentType && <Badge>{outcome.contentType.split(";")[0]}</Badge>}
            <Button size="sm" variant="ghost" onClick={dismiss}>
              Dismiss
            </Button>
          </>
        }
      >
        <div className="flex flex-col gap-3">
          <p className="wrap-anywhere">
            {outcome.message}
            {outcome.status !== null && testUrl && (
              <>
                {" "}
                <span className="text-muted">GET</span> <code className="font-mono text-sm">{testUrl}</code>
              </>
            )}
          </p>
          {outcome.bodyStart && (
            <CodeBlock
              label="start of the answer"
              code={readable(outcome.bodyStart)}
              className="w-full [&_pre]:max-h-80 [&_pre]:overflow-y-auto"
            />
          )}
        </div>
      </Card>
    </div>
  );
}

/** JSON on several lines where the whole of it is there; anything else as it came. */
function readable(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
