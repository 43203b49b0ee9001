import { type DataColumn, DataTable } from "@/components/patterns/data-table";
import { RelativeTime } from "@/components/patterns/relative-time";
import { UserMenuButton, type UserMenuButtonProps } from "@/components/users/user-menu-button";
import { Badge } from "@/components/ui/badge";
import { ButtonLink } from "@/components/ui/button-link";
import { EmptyState } from "@/components/ui/empty-state";
import { ROLE_LABELS } from "@/lib/users/rules";
import type { UserListRow } from "@/lib/users/schema";

export interface UserTableProps {
  rows: readonly UserListRow[];
  /** The one looking. */
  selfId: string;
  showOrganization: boolean;
  actions: UserMenuButtonProps["actions"];
}

/** One page of the users. */
export function UserTable({ rows, selfId, showOrganization, actions }: UserTableProps) {
  const columns: DataColumn<UserListRow>[] = [
    {
      key: "user",
      header: "User",
      bare: true,
      className: "sm:w-[36%] max-sm:pr-12",
      cell: (row) => (
        <div className="min-w-0">
          <span className="flex flex-wrap items-center gap-x-2 font-medium wrap-anywhere">
            {row.email}
            {row.id === selfId && <Badge>You</Badge>}
            {row.status === "invited" && <Badge tone="outline">Invited</Badge>}
            {row.status === "inactive" && <Badge tone="outline">Deactivated</Badge>}
          </span>
          {row.name && <span className="text-sm wrap-anywhere text-muted">{row.name}</span>}
        </div>
      ),
    },
    ...(showOrganization
      ? [
          {
            key: "organization",
            header: "Organization",
            cell: ({ organization }: UserListRow) => (
              <span className="wrap-anywhere">
                {organization.name}
                {!organization.isActive && <span className="text-muted"> (deactivated)</span>}
              </span>
            ),
          },
        ]
      : []),
    { key: "role", header: "Role", cell: (row) => ROLE_LABELS[row.role] },
    {
      key: "lastSignIn",
      header: "Last sign-in",
      cell: (row) => (row.lastSignInAt ? <RelativeTime value={row.lastSignInAt} /> : "Never"),
    },
    {
      key: "actions",
      header: "Actions",
      hideHeader: true,
      align: "right",
      className: "max-sm:absolute max-sm:top-1 max-sm:right-2",
      cell: (row) => <UserMenuButton user={row} isSelf={row.id === selfId} actions={actions} />,
    },
  ];
  return (
    <DataTable
      caption="Users"
      columns={columns}
      rows={rows}
      rowKey={(row) => row.id}
      empty={
        <EmptyState
          title="Nothing matches"
          action={<ButtonLink href="/settings/users">Clear search and filters</ButtonLink>}
        >
          No user has these words in their address or name with the filters chosen.
        </EmptyState>
      }
    />
  );
}
