import { RevokeButton, type RevokeAction } from "@/components/api-keys/revoke-button";
import { type DataColumn, DataTable } from "@/components/patterns/data-table";
import { RelativeTime } from "@/components/patterns/relative-time";
import { Badge } from "@/components/ui/badge";
import type { ApiKeySummary } from "@/lib/api-keys/schema";

export interface ApiKeyTableProps {
  keys: readonly ApiKeySummary[];
  /** Several organizations' keys are listed: say whose each one is. */
  showOrganization: boolean;
  revoke: RevokeAction;
}

/** The keys, newest first; a revoked or expired one stays, so that the audit log's words keep their meaning. */
export function ApiKeyTable({ keys, showOrganization, revoke }: ApiKeyTableProps) {
  const columns = columnsFor(showOrganization, revoke);
  return <DataTable caption="API keys" columns={columns} rows={keys} rowKey={(key) => key.id} />;
}

function columnsFor(showOrganization: boolean, revoke: RevokeAction): DataColumn<ApiKeySummary>[] {
  return [
    {
      key: "name",
      header: "Name",
      bare: true,
      cell: (key) => (
        <div className="min-w-0">
          <span className="flex flex-wrap items-center gap-x-2 font-medium wrap-anywhere">
            {key.name}
            {key.status !== "active" && <Badge>{key.status === "revoked" ? "Revoked" : "Expired"}</Badge>}
          </span>
          <span className="font-mono text-sm text-muted">{key.prefix}…</span>
        </div>
      ),
    },
    ...(showOrganization
      ? [{ key: "organization", header: "Organization", cell: (key: ApiKeySummary) => key.organization.name }]
      : []),
    {
      key: "permissions",
      header: "Permissions",
      cell: (key) => (
        <>
          <span className="font-mono text-sm wrap-anywhere">{key.permissions.join(" ")}</span>
          <Limit what="integrations" names={key.integrations} />
          <Limit what="organizations" names={key.organizations} />
        </>
      ),
    },
    {
      key: "lastUsed",
      header: "Last used",
      cell: (key) => (key.lastUsedAt ? <RelativeTime value={key.lastUsedAt} /> : "Never"),
    },
    {
      key: "expires",
      header: "Expires",
      cell: (key) => (key.expiresAt ? <RelativeTime value={key.expiresAt} /> : "Never"),
    },
    {
      key: "created",
      header: "Created",
      cell: (key) => (
        <>
          <RelativeTime value={key.createdAt} />
          {key.createdBy && <span className="block text-sm wrap-anywhere text-muted">{key.createdBy}</span>}
        </>
      ),
    },
    {
      key: "actions",
      header: "Actions",
      hideHeader: true,
      align: "right",
      cell: (key) => key.status === "active" && <RevokeButton apiKey={key} revoke={revoke} />,
    },
  ];
}

const NAMED_AT_MOST = 3;

/** What a key is limited to, the first few by name; nothing where it is not limited. */
function Limit({ what, names }: { what: string; names: readonly string[] | null }) {
  if (names === null) return null;
  const more = names.length - NAMED_AT_MOST;
  const shown = names.slice(0, NAMED_AT_MOST).join(", ");
  return (
    <span className="block text-sm wrap-anywhere text-muted" title={names.join(", ")}>
      {names.length === 0 ? `No ${what} any more` : `Only ${shown}`}
      {more > 0 && ` and ${more} more`}
    </span>
  );
}
