import { Users } from "lucide-react";
import type { Metadata } from "next";
import { webContext } from "@/app/context";
import { FilterPicker } from "@/components/patterns/filter-picker";
import { FilterSelect } from "@/components/patterns/filter-select";
import { addressOf, singleParams, type RawParams } from "@/components/patterns/list-params";
import { PageHeader } from "@/components/patterns/page-header";
import { SearchInput } from "@/components/patterns/search-input";
import { UserTable } from "@/components/users/user-table";
import { ButtonLink } from "@/components/ui/button-link";
import { EmptyState } from "@/components/ui/empty-state";
import { Pagination } from "@/components/ui/pagination";
import { isProviderContext, ROLES } from "@/lib/auth/actor";
import { may } from "@/lib/auth/permissions";
import { findOrganization } from "@/lib/organizations/queries";
import { listUsers } from "@/lib/users/queries";
import { ROLE_LABELS, rolesFor } from "@/lib/users/rules";
import { USER_PAGE_SIZE, userListQuery } from "@/lib/users/schema";
import {
  changeUserRoleAction,
  deactivateUserAction,
  reactivateUserAction,
  renewSetupLinkAction,
} from "./actions";

export const metadata: Metadata = { title: "Users" };

const ACTIONS = {
  changeRole: changeUserRoleAction,
  renewLink: renewSetupLinkAction,
  deactivate: deactivateUserAction,
  reactivate: reactivateUserAction,
};

const STATUSES = [
  { value: "active", label: "Active" },
  { value: "invited", label: "Invited" },
  { value: "inactive", label: "Deactivated" },
];

export default async function UsersPage({ searchParams }: { searchParams: Promise<RawParams> }) {
  const ctx = await webContext();
  if (!may(ctx.actor, "users.write", ctx.actor.organizationId)) {
    return (
      <>
        <PageHeader title="Users" />
        <EmptyState title="Your role does not manage users" icon={<Users />}>
          A platform admin invites people and sets their roles, and so does an organization&apos;s own admin.
        </EmptyState>
      </>
    );
  }
  const query = userListQuery.parse(singleParams(await searchParams));
  const isProvider = isProviderContext(ctx.actor);
  const [{ rows, total, page, pageCount }, chosen] = await Promise.all([
    listUsers(ctx, query),
    query.organization && isProvider ? findOrganization(ctx.db.prisma, query.organization) : null,
  ]);
  const roles = isProvider ? ROLES : rolesFor("managed");
  const hrefOf = (to: number) => addressOf("/settings/users", { ...query, page: to });
  const first = (page - 1) * USER_PAGE_SIZE + 1;
  const create = (
    <ButtonLink variant="primary" href="/settings/users/new" data-shortcut="c" aria-keyshortcuts="c">
      Create user
    </ButtonLink>
  );
  return (
    <>
      <PageHeader title="Users" action={create} />
      <div className="flex flex-col gap-3">
        <div className="flex flex-wrap items-center gap-2">
          <SearchInput label="Search users" />
          <FilterSelect
            label="Role"
            param="role"
            options={roles.map((role) => ({ value: role, label: ROLE_LABELS[role] }))}
          />
          <FilterSelect label="Status" param="status" options={STATUSES} />
          {isProvider && (
            <FilterPicker
              label="Organization"
              param="organization"
              searchUrl="/api/organizations"
              chosenName={chosen?.name ?? null}
            />
          )}
          <p role="status" className="ml-auto text-sm text-muted">
            {total === 1 ? "1 user" : `${total.toLocaleString("en")} users`}
          </p>
        </div>
        <UserTable rows={rows} selfId={ctx.actor.id} showOrganization={isProvider} actions={ACTIONS} />
        {pageCount > 1 && (
          <Pagination
            summary={`${first.toLocaleString("en")}–${(first + rows.length - 1).toLocaleString("en")} of ${total.toLocaleString("en")} users`}
            previousHref={page > 1 ? hrefOf(page - 1) : undefined}
            nextHref={page < pageCount ? hrefOf(page + 1) : undefined}
          />
        )}
      </div>
    </>
  );
}
