import { Plug } from "lucide-react";
import type { Metadata } from "next";
import { webContext } from "@/app/context";
import { IntegrationFilters } from "@/components/integrations/integration-filters";
import { IntegrationTable } from "@/components/integrations/integration-table";
import { PageHeader } from "@/components/patterns/page-header";
import { ButtonLink } from "@/components/ui/button-link";
import { EmptyState } from "@/components/ui/empty-state";
import { actorOrganizationId, isProviderContext } from "@/lib/auth/actor";
import { may } from "@/lib/auth/permissions";
import { listIntegrations } from "@/lib/integrations/queries";
import { listSearch, readListQuery } from "@/components/integrations/list-address";
import { listOrganizations } from "@/lib/organizations/queries";
import { connectAction } from "./connection-actions";

export const metadata: Metadata = { title: "Integrations" };

interface PageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function IntegrationsPage({ searchParams }: PageProps) {
  const ctx = await webContext();
  const query = readListQuery(await searchParams);
  const onlyId = isProviderContext(ctx.actor) ? null : actorOrganizationId(ctx.actor);
  const [page, organizations] = await Promise.all([
    listIntegrations(ctx, query),
    listOrganizations(ctx.db, onlyId),
  ]);
  const mayCreate = may(ctx.actor, "integrations.write", null);
  const create = mayCreate && (
    <ButtonLink variant="primary" href="/settings/integrations/new" data-shortcut="c" aria-keyshortcuts="c">
      Create Integration
    </ButtonLink>
  );
  const importing = mayCreate && <ButtonLink href="/settings/integrations/import">Import</ButtonLink>;
  const filtered = query.q !== "" || query.status !== undefined || query.availableTo !== undefined;

  if (page.total === 0 && !filtered) {
    return (
      <>
        <PageHeader title="Integrations" secondary={importing} />
        <EmptyState title="No integrations yet" icon={<Plug />} action={create}>
          An integration is one outside service that your scripts call by name: define it once, connect it
          once, and every script gets a token that works.
          {!mayCreate && " A platform admin creates them."}
        </EmptyState>
      </>
    );
  }
  return (
    <>
      <PageHeader title="Integrations" secondary={importing} action={create} />
      <div className="flex flex-col gap-3">
        <IntegrationFilters
          organizations={organizations.map(({ id, name }) => ({ id, name }))}
          total={page.total}
        />
        <IntegrationTable key={listSearch(query)} initial={page} query={query} connect={connectAction} />
      </div>
    </>
  );
}
