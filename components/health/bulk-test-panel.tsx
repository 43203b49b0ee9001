"use client";

import type { BulkTest } from "@/components/health/use-bulk-test";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Progress } from "@/components/ui/progress";

const TITLES: Record<Exclude<BulkTest["state"], "idle">, string> = {
  running: "Testing what is in trouble",
  done: "Tested what is in trouble",
  cancelled: "Cancelled",
  broken: "Stopped: the server could not be reached",
};

export interface BulkTestPanelProps {
  test: BulkTest;
  onCancel: () => void;
  onDismiss: () => void;
}

/** How far a test of all has come, and what it found. */
export function BulkTestPanel({ test, onCancel, onDismiss }: BulkTestPanelProps) {
  const { state, done, total, worked, failures } = test;
  if (state === "idle") return null;
  const failed = done - worked;
  const more = failed - failures.length;
  return (
    <Card
      title={TITLES[state]}
      actions={
        state === "running" ? (
          <Button size="sm" onClick={onCancel}>
            Cancel
          </Button>
        ) : (
          <Button size="sm" variant="ghost" onClick={onDismiss}>
            Dismiss
          </Button>
        )
      }
    >
      <div className="flex flex-col gap-2">
        <Progress label="Testing connections" value={done} max={total} />
        <p className="text-sm tabular-nums">
          {done.toLocaleString("en")} of {total.toLocaleString("en")} tested
          <span className="text-muted">
            {" · "}
            {worked.toLocaleString("en")} work · {failed.toLocaleString("en")} fail
          </span>
        </p>
        {state !== "running" && failures.length > 0 && (
          <ul
            className="flex max-h-48 flex-col gap-1 overflow-y-auto text-sm"
            tabIndex={0}
            aria-label="What failed"
          >
            {failures.map(({ label, message }) => (
              <li key={label} className="wrap-anywhere">
                <span className="font-medium">{label}:</span> {message}
              </li>
            ))}
            {more > 0 && <li className="text-muted">and {more.toLocaleString("en")} more</li>}
          </ul>
        )}
      </div>
    </Card>
  );
}
