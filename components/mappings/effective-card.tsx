"use client";

import type { ReactNode } from "react";
import { mismatchInWords } from "@/components/mappings/source-words";
import { ValueText } from "@/components/mappings/value-text";
import { RelativeTime } from "@/components/patterns/relative-time";
import { Badge } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import type { ConnectionSource } from "@/lib/integrations/rules";
import type { EffectiveResult, MappingView } from "@/lib/mappings/schema";

/** What `get` would answer for the organization, with where each value and the token come from. */
export function EffectiveCard({ mapping }: { mapping: MappingView }) {
  const { effective } = mapping;
  const { values, entityId, entityIdSource, entityName, oauth } = effective;
  return (
    <Card
      title="Effective result"
      description={
        <>
          What <code className="font-mono">get(&quot;{effective.name}&quot;)</code> answers for{" "}
          {effective.organization?.name}, as saved.
        </>
      }
      flush
    >
      <dl className="flex flex-col">
        <Entry term="entity_id" source={entityIdSource}>
          {entityId === null ? <Null /> : <code className="font-mono text-sm wrap-anywhere">{entityId}</code>}
        </Entry>
        <Entry term="entity_name" source={entityName === null ? null : "organization"}>
          {entityName ?? <Null />}
        </Entry>
        {values.map((value) => (
          <Entry key={value.fieldId} term={`config.${value.key}`} source={value.source}>
            {value.source ? (
              <ValueText type={value.type} value={value.value} />
            ) : (
              <span className={value.required ? "font-medium text-danger" : "text-muted"}>
                {value.required ? "missing: required" : "absent"}
              </span>
            )}
          </Entry>
        ))}
        {oauth && <Token oauth={oauth} entityId={entityId} name={effective.organization?.name ?? ""} />}
      </dl>
    </Card>
  );
}

function Token({
  oauth,
  entityId,
  name,
}: {
  oauth: NonNullable<EffectiveResult["oauth"]>;
  entityId: string | null;
  /** The organization's. */
  name: string;
}) {
  const mismatch = mismatchInWords(oauth, entityId);
  return (
    <>
      <Entry term="oauth.access_token" source={oauth.source}>
        {oauth.hasAccessToken ? (
          <>
            a token
            {oauth.account && ` of ${oauth.account}`}
            {oauth.expiresAt && (
              <>
                , expires <RelativeTime value={oauth.expiresAt} />
              </>
            )}
            {!oauth.ownKeysMayHave && (
              <span className="block text-muted">
                For executions and the provider&apos;s API keys. {name}&apos;s own API keys get{" "}
                <code className="font-mono text-sm">null</code> until the integration lends it to them.
              </span>
            )}
          </>
        ) : (
          <>
            <Null />{" "}
            <span className="text-muted">
              {oauth.error ?? oauth.reason ?? "Nobody has connected it yet."}
            </span>
          </>
        )}
      </Entry>
      {oauth.source !== null && (
        <Entry term="oauth.entity_id" source={null}>
          {oauth.entityId === null ? (
            <Null />
          ) : (
            <code className="font-mono text-sm wrap-anywhere">{oauth.entityId}</code>
          )}
          {mismatch && <span className="block font-medium">Not this organization&apos;s entity.</span>}
        </Entry>
      )}
      <Entry term="oauth.token_url" source={null}>
        {oauth.tokenUrl === null ? (
          <>
            <Null /> <span className="text-muted">A placeholder in it has no value here.</span>
          </>
        ) : (
          <code className="font-mono text-sm wrap-anywhere">{oauth.tokenUrl}</code>
        )}
      </Entry>
    </>
  );
}

const SOURCES: Record<ConnectionSource, string> = {
  organization: "organization",
  default: "default",
  derived: "derived",
};

function Entry({
  term,
  source,
  children,
}: {
  term: string;
  source: ConnectionSource | null;
  children: ReactNode;
}) {
  return (
    <div className="border-b px-4 py-2 last:border-b-0">
      <dt className="flex min-w-0 items-baseline justify-between gap-2">
        <span className="min-w-0 font-mono text-sm wrap-anywhere text-muted">{term}</span>
        {source && <Badge tone={source === "organization" ? "accent" : "neutral"}>{SOURCES[source]}</Badge>}
      </dt>
      <dd className="min-w-0 wrap-anywhere">{children}</dd>
    </div>
  );
}

function Null() {
  return <code className="font-mono text-sm text-muted">null</code>;
}
