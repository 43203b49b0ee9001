"use client";

import { useState } from "react";
import { cellWords, type HealthPlace } from "@/components/health/health-place";
import { MendButton } from "@/components/health/mend-button";
import { TroubleWords } from "@/components/health/trouble-words";
import type { TestMark } from "@/components/health/use-bulk-test";
import type { IntegrationActions } from "@/components/integrations/integration-actions";
import { sentence } from "@/components/patterns/sentence";
import { StatusBadge } from "@/components/patterns/status-badge";
import { Button } from "@/components/ui/button";
import { ButtonLink } from "@/components/ui/button-link";

export interface HealthDetailProps {
  place: HealthPlace;
  mark: TestMark | undefined;
  actions: Pick<IntegrationActions, "connect" | "refresh">;
  testOne: (place: HealthPlace) => Promise<void>;
}

/** What is to be said of one cell, and what can be done about it. */
export function HealthDetail({ place, mark, actions, testOne }: HealthDetailProps) {
  const { cell, label } = place;
  const [failure, setFailure] = useState<string | null>(null);
  const [testing, setTesting] = useState(false);
  const target = {
    id: place.integrationId,
    name: label,
    organizationId: place.organizationId ?? undefined,
  };

  async function test() {
    setTesting(true);
    await testOne(place);
    setTesting(false);
  }
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
      <div className="min-w-0 flex-1 basis-72 text-sm">
        <p className="flex flex-wrap items-center gap-x-2 text-base">
          <span className="font-medium wrap-anywhere">{place.who}</span>
          <span className="text-muted">·</span>
          <span className="wrap-anywhere">{place.integrationName}</span>
          {cell.status && <StatusBadge status={cell.status} />}
        </p>
        <p className="wrap-anywhere text-muted">
          {cell.trouble ? (
            <TroubleWords trouble={cell.trouble} />
          ) : (
            sentence(cellWords(cell, place.organizationId === null))
          )}
        </p>
        {mark && (
          <p className="wrap-anywhere">
            {mark.ok ? "Test: works." : "Test: fails."} {mark.message}
          </p>
        )}
        {failure && (
          <p role="alert" className="wrap-anywhere text-danger">
            {failure}
          </p>
        )}
      </div>
      <div className="flex flex-wrap items-center gap-2 max-sm:w-full max-sm:*:flex-1">
        {cell.trouble && (
          <MendButton act={cell.trouble.act} target={target} actions={actions} onError={setFailure} />
        )}
        {cell.can.test && (
          <Button
            size="sm"
            aria-label={`Test connection ${label}`}
            pending={testing}
            onClick={() => void test()}
          >
            Test connection
          </Button>
        )}
        <ButtonLink size="sm" variant="ghost" prefetch={false} href={place.href} aria-label={`Open ${label}`}>
          Open
        </ButtonLink>
      </div>
    </div>
  );
}
