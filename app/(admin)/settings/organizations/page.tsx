import { Building2 } from "lucide-react";
import type { Metadata } from "next";
import { webContext } from "@/app/context";
import { CreateOrganizationButton } from "@/components/organizations/create-organization-button";
import { OrganizationTable } from "@/components/organizations/organization-table";
import { FilterSelect } from "@/components/patterns/filter-select";
import { addressOf, singleParams, type RawParams } from "@/components/patterns/list-params";
import { PageHeader } from "@/components/patterns/page-header";
import { SearchInput } from "@/components/patterns/search-input";
import { EmptyState } from "@/components/ui/empty-state";
import { Pagination } from "@/components/ui/pagination";
import { isProviderContext } from "@/lib/auth/actor";
import { may } from "@/lib/auth/permissions";
import { listOrganizationRows } from "@/lib/organizations/queries";
import { ORGANIZATION_PAGE_SIZE, organizationListQuery } from "@/lib/organizations/schema";
import {
  createOrganizationAction,
  deactivateOrganizationAction,
  reactivateOrganizationAction,
  renameOrganizationAction,
} from "./actions";

export const metadata: Metadata = { title: "Organizations" };

const ACTIONS = {
  rename: renameOrganizationAction,
  deactivate: deactivateOrganizationAction,
  reactivate: reactivateOrganizationAction,
};

export default async function OrganizationsPage({ searchParams }: { searchParams: Promise<RawParams> }) {
  const ctx = await webContext();
  if (!isProviderContext(ctx.actor)) {
    return (
      <>
        <PageHeader title="Organizations" />
        <EmptyState title="Your organization is the only one you see" icon={<Building2 />}>
          The list of organizations belongs to the provider. Ask a platform admin there to rename yours.
        </EmptyState>
      </>
    );
  }
  const query = organizationListQuery.parse(singleParams(await searchParams));
  const { rows, total, page, pageCount } = await listOrganizationRows(ctx, query);
  const mayWrite = may(ctx.actor, "organizations.write", null);
  const hrefOf = (to: number) => addressOf("/settings/organizations", { ...query, page: to });
  const isOnlyProvider = total === 1 && rows[0]?.kind === "provider" && query.q === "" && !query.status;
  const create = mayWrite && <CreateOrganizationButton create={createOrganizationAction} />;
  const first = (page - 1) * ORGANIZATION_PAGE_SIZE + 1;
  return (
    <>
      <PageHeader title="Organizations" action={create} />
      <div className="flex flex-col gap-3">
        <div className="flex flex-wrap items-center gap-2">
          <SearchInput label="Search organizations" />
          <FilterSelect
            label="Status"
            param="status"
            options={[
              { value: "active", label: "Active" },
              { value: "inactive", label: "Deactivated" },
            ]}
          />
          <p role="status" className="ml-auto text-sm text-muted">
            {total === 1 ? "1 organization" : `${total.toLocaleString("en")} organizations`}
          </p>
        </div>
        <OrganizationTable rows={rows} actions={mayWrite ? ACTIONS : null} />
        {isOnlyProvider && (
          <EmptyState title="No customers yet" icon={<Building2 />}>
            An organization is one customer: it is mapped to integrations, and scripts name it to get its
            values and its token.
          </EmptyState>
        )}
        {pageCount > 1 && (
          <Pagination
            summary={`${first.toLocaleString("en")}–${(first + rows.length - 1).toLocaleString("en")} of ${total.toLocaleString("en")} organizations`}
            previousHref={page > 1 ? hrefOf(page - 1) : undefined}
            nextHref={page < pageCount ? hrefOf(page + 1) : undefined}
          />
        )}
      </div>
    </>
  );
}
