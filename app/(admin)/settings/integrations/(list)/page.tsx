import { Plug } from "lucide-react";
import type { Metadata } from "next";
import { type WebContext, webContext } from "@/app/context";
import { readListQuery } from "@/app/integration-list-query";
import { IntegrationFilters } from "@/components/integrations/integration-filters";
import { IntegrationTable } from "@/components/integrations/integration-table";
import { listSearch } from "@/components/integrations/list-address";
import { singleParams, type RawParams } from "@/components/patterns/list-params";
import { PageHeader } from "@/components/patterns/page-header";
import { ButtonLink } from "@/components/ui/button-link";
import { EmptyState } from "@/components/ui/empty-state";
import { actorOrganizationId, isProviderContext } from "@/lib/auth/actor";
import { may } from "@/lib/auth/permissions";
import { listIntegrations } from "@/lib/integrations/queries";
import type { IntegrationListQuery } from "@/lib/integrations/schema";
import { findOrganization } from "@/lib/organizations/queries";
import { connectAction, refreshTokenAction } from "../connection-actions";

export const metadata: Metadata = { title: "Integrations" };

export default async function IntegrationsPage({ searchParams }: { searchParams: Promise<RawParams> }) {
  const ctx = await webContext();
  const query = readListQuery(singleParams(await searchParams));
  const [page, ownerName] = await Promise.all([listIntegrations(ctx, query), findOwnerName(ctx, query)]);
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
        <IntegrationFilters ownerName={ownerName} total={page.total} />
        <IntegrationTable
          key={listSearch(query)}
          initial={page}
          query={query}
          actions={{ connect: connectAction, refresh: refreshTokenAction }}
        />
      </div>
    </>
  );
}

/** Who the list is filtered by, as far as the person looking may know. */
async function findOwnerName({ actor, db }: WebContext, { availableTo }: IntegrationListQuery) {
  if (availableTo === undefined) return null;
  if (availableTo === "global") return "Global";
  if (!isProviderContext(actor) && availableTo !== actorOrganizationId(actor)) return null;
  return (await findOrganization(db.prisma, availableTo))?.name ?? null;
}
