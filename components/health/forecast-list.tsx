"use client";

import Link from "next/link";
import { useState } from "react";
import { MendButton } from "@/components/health/mend-button";
import type { IntegrationActions } from "@/components/integrations/integration-actions";
import { mappingHref } from "@/components/mappings/mapping-address";
import { RelativeTime } from "@/components/patterns/relative-time";
import { Card } from "@/components/ui/card";
import type { Forecast, ForecastRow } from "@/lib/health/schema";

export interface ForecastListProps {
  forecast: Forecast;
  actions: Pick<IntegrationActions, "connect" | "refresh">;
}

/** What ends within 30 days unless somebody acts, the soonest first, with the button that prevents it. */
export function ForecastList({ forecast, actions }: ForecastListProps) {
  return (
    <Card
      title="Ending within 30 days"
      description="Refresh tokens near their end, consents that their service ends, and client secrets by the date under “Secret expires on”."
      flush
    >
      {forecast.rows.length === 0 ? (
        <p className="px-4 py-3 text-muted">Nothing that is known of.</p>
      ) : (
        <ul className="divide-y">
          {forecast.rows.map((row) => (
            <ForecastItem
              key={`${row.kind} ${row.integration.id} ${row.organization?.id ?? ""}`}
              row={row}
              actions={actions}
            />
          ))}
          {forecast.hasMore && <li className="px-4 py-2 text-sm text-muted">More end within this time.</li>}
        </ul>
      )}
    </Card>
  );
}

const WHAT: Record<ForecastRow["kind"], string> = {
  refresh_token: "the refresh token",
  consent: "the consent",
  client_secret: "the client secret",
};
const UNLESS: Record<ForecastRow["kind"], string> = {
  refresh_token: ", unless a refresh extends it",
  consent: ", however often it is refreshed",
  client_secret: "",
};

function ForecastItem({ row, actions }: { row: ForecastRow; actions: ForecastListProps["actions"] }) {
  const [failure, setFailure] = useState<string | null>(null);
  const { integration, organization, kind } = row;
  const name = organization ? `${organization.name}, ${integration.name}` : integration.name;
  const href = organization
    ? mappingHref(integration.id, organization.id)
    : `/settings/integrations/${integration.id}`;
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 px-4 py-2.5">
      <div className="min-w-0 flex-1 basis-64">
        <p className="wrap-anywhere">
          <Link prefetch={false} href={href} className="rounded font-medium hover:underline">
            {name}
          </Link>
          {": "}
          {WHAT[kind]} ends <RelativeTime value={row.endsAt} />
          {UNLESS[kind]}.
        </p>
        {failure && (
          <p role="alert" className="text-sm wrap-anywhere text-danger">
            {failure}
          </p>
        )}
      </div>
      <MendButton
        act={row.act}
        target={{ id: integration.id, name, organizationId: organization?.id }}
        actions={actions}
        onError={setFailure}
        className="max-sm:w-full"
      />
    </li>
  );
}
