import { Badge } from "@/components/ui/badge";
import { endpointState } from "@/lib/webhooks/rules";
import type { WebhookSummary } from "@/lib/webhooks/schema";

/** Where an endpoint stands, in a word. */
export function WebhookState({ webhook }: { webhook: WebhookSummary }) {
  switch (endpointState(webhook)) {
    case "enabled":
      return <Badge>Enabled</Badge>;
    case "failing":
      return <Badge tone="danger">Failing</Badge>;
    case "disabled":
      return <Badge tone={webhook.disabledReason === null ? "outline" : "danger"}>Disabled</Badge>;
  }
}
