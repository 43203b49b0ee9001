import { OrganizationMenu, type OrganizationMenuProps } from "@/components/organizations/organization-menu";
import { type DataColumn, DataTable } from "@/components/patterns/data-table";
import { RelativeTime } from "@/components/patterns/relative-time";
import { Badge } from "@/components/ui/badge";
import { ButtonLink } from "@/components/ui/button-link";
import { EmptyState } from "@/components/ui/empty-state";
import type { OrganizationListRow } from "@/lib/organizations/schema";

export interface OrganizationTableProps {
  rows: readonly OrganizationListRow[];
  /** Null: the reader may look only. */
  actions: OrganizationMenuProps["actions"] | null;
}

/** One page of the organizations. */
export function OrganizationTable({ rows, actions }: OrganizationTableProps) {
  const columns: DataColumn<OrganizationListRow>[] = [
    {
      key: "name",
      header: "Name",
      bare: true,
      className: "sm:w-[40%] max-sm:pr-12",
      cell: (row) => (
        <span className="flex flex-wrap items-center gap-x-2 font-medium wrap-anywhere">
          {row.name}
          {row.kind === "provider" && <Badge>Provider</Badge>}
          {!row.isActive && <Badge tone="outline">Deactivated</Badge>}
        </span>
      ),
    },
    { key: "mappings", header: "Mappings", align: "right", cell: (row) => count(row.mappings) },
    { key: "users", header: "Users", align: "right", cell: (row) => count(row.activeUsers) },
    { key: "keys", header: "API keys", align: "right", cell: (row) => count(row.activeKeys) },
    { key: "created", header: "Created", cell: (row) => <RelativeTime value={row.createdAt} /> },
  ];
  if (actions) {
    columns.push({
      key: "actions",
      header: "Actions",
      hideHeader: true,
      align: "right",
      className: "max-sm:absolute max-sm:top-1 max-sm:right-2",
      cell: (row) => <OrganizationMenu organization={row} actions={actions} />,
    });
  }
  return (
    <DataTable
      caption="Organizations"
      columns={columns}
      rows={rows}
      rowKey={(row) => row.id}
      empty={
        <EmptyState
          title="Nothing matches"
          action={<ButtonLink href="/settings/organizations">Clear search and filters</ButtonLink>}
        >
          No organization has these words in its name with the filter chosen.
        </EmptyState>
      }
    />
  );
}

function count(value: number) {
  return <span className="tabular-nums">{value.toLocaleString("en")}</span>;
}
