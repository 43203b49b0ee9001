"use client";

import { ValueRow } from "@/components/config/value-row";
import { useIntegrationScreen } from "@/components/integrations/integration-context";
import { RelativeTime } from "@/components/patterns/relative-time";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import type { ConfigFieldView } from "@/lib/integrations/schema";

/** Schema and defaults for people who may look at them and not change them. */
export function ConfigurationFacts() {
  const { configFields } = useIntegrationScreen().view;
  if (configFields.length === 0) {
    return (
      <EmptyState title="No configuration">
        This integration has no config fields. A platform admin can add them.
      </EmptyState>
    );
  }
  return (
    <Card
      title="Config Schema and defaults"
      description="A platform admin can change them. What your organization may override stands under Mappings."
      flush
    >
      {configFields.map((field) => (
        <ValueRow key={field.id} field={field} isMissing={field.required && field.set === null}>
          <Fact field={field} />
        </ValueRow>
      ))}
    </Card>
  );
}

function Fact({ field: { type, value, set } }: { field: ConfigFieldView }) {
  if (!set) return <span className="text-muted">Not set</span>;
  if (type === "secret") {
    return (
      <span className="text-muted">
        <span aria-hidden className="font-mono tracking-widest">
          ••••••••
        </span>{" "}
        set <RelativeTime value={set.setAt} />
      </span>
    );
  }
  if (type === "bool") return value === "true" ? "On" : "Off";
  return <code className="font-mono text-sm wrap-anywhere">{value}</code>;
}
