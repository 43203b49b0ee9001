import type { ReactNode } from "react";
import { Badge } from "@/components/ui/badge";
import type { ConfigFieldType } from "@/lib/integrations/rules";

export interface ValueRowProps {
  field: { key: string; type: ConfigFieldType; required: boolean; description: string };
  isMissing: boolean;
  children: ReactNode;
}

/** A config field and what belongs to it: its name and meaning at the left, its controls at the right. */
export function ValueRow({ field, isMissing, children }: ValueRowProps) {
  return (
    <div className="grid gap-x-6 gap-y-2 border-b px-4 py-3 last:border-b-0 lg:grid-cols-[15rem_minmax(0,1fr)]">
      <div className="min-w-0">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <code className="font-mono font-medium wrap-anywhere">{field.key}</code>
          <Badge>{field.type}</Badge>
          {field.required && <Badge tone="outline">required</Badge>}
          {isMissing && <Badge tone="danger">Missing</Badge>}
        </p>
        {field.description && <p className="mt-0.5 text-sm wrap-anywhere text-muted">{field.description}</p>}
      </div>
      <div className="min-w-0">{children}</div>
    </div>
  );
}
