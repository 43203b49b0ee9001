import Link from "next/link";
import { type DataColumn, DataTable } from "@/components/patterns/data-table";
import { RelativeTime } from "@/components/patterns/relative-time";
import { WebhookState } from "@/components/webhooks/webhook-state";
import { EVENT_NAMES, FORMAT_NAMES } from "@/lib/webhooks/rules";
import type { WebhookSummary } from "@/lib/webhooks/schema";

const COLUMNS: DataColumn<WebhookSummary>[] = [
  {
    key: "name",
    header: "Name",
    bare: true,
    className: "sm:w-[34%]",
    cell: (webhook) => (
      <div className="min-w-0">
        <Link
          href={`/settings/webhooks/${webhook.id}`}
          className="rounded-sm font-medium wrap-anywhere hover:underline max-sm:inline-flex max-sm:min-h-11 max-sm:items-center"
        >
          {webhook.name}
        </Link>
        <span className="block font-mono text-sm wrap-anywhere text-muted">{webhook.urlHint}</span>
      </div>
    ),
  },
  { key: "status", header: "Status", cell: (webhook) => <WebhookState webhook={webhook} /> },
  { key: "format", header: "Format", cell: (webhook) => FORMAT_NAMES[webhook.format] },
  {
    key: "events",
    header: "Events",
    cell: (webhook) => webhook.events.map((type) => EVENT_NAMES[type] ?? type).join(", "),
  },
  {
    key: "last",
    header: "Last delivered",
    cell: (webhook) =>
      webhook.lastDeliveredAt ? <RelativeTime value={webhook.lastDeliveredAt} /> : "Nothing yet",
  },
];

/** Every webhook, by name. */
export function WebhookTable({ webhooks }: { webhooks: readonly WebhookSummary[] }) {
  return <DataTable caption="Webhooks" columns={COLUMNS} rows={webhooks} rowKey={({ id }) => id} />;
}
