import { Building2 } from "lucide-react";
import type { Metadata } from "next";
import { webContext } from "@/app/context";
import { AddMappingButton } from "@/components/mappings/add-mapping-button";
import { mappingsSearch } from "@/components/mappings/mapping-address";
import { MappingFilters } from "@/components/mappings/mapping-filters";
import { MappingTable } from "@/components/mappings/mapping-table";
import { PolicyBar } from "@/components/mappings/policy-bar";
import { singleParams, type RawParams } from "@/components/patterns/list-params";
import { ButtonLink } from "@/components/ui/button-link";
import { EmptyState } from "@/components/ui/empty-state";
import { actorOrganizationId, isProviderContext } from "@/lib/auth/actor";
import { may } from "@/lib/auth/permissions";
import { listMappingRows } from "@/lib/mappings/list-mapping-rows";
import { mappingListQuery } from "@/lib/mappings/schema";
import { findIntegrationView, loadIntegrationView } from "../../load-integration-view";
import { removeMappingAction, saveMappingAction, setPolicyAction } from "../../mapping-actions";

interface PageProps {
  params: Promise<{ id: string }>;
  searchParams: Promise<RawParams>;
}

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  const view = await findIntegrationView((await params).id);
  return { title: view ? `Mappings · ${view.name}` : "Not found" };
}

const ACTIONS = { save: saveMappingAction, remove: removeMappingAction, setPolicy: setPolicyAction };

export default async function MappingsPage({ params, searchParams }: PageProps) {
  const view = await loadIntegrationView((await params).id);
  const ctx = await webContext();
  const query = mappingListQuery.parse(singleParams(await searchParams));
  const page = await listMappingRows(ctx, view.id, query);
  const isFiltered = query.q !== "" || query.filter !== "all" || query.status !== undefined;
  if (page.total === 0 && !isFiltered) {
    return (
      <EmptyState
        title="No organizations yet"
        icon={<Building2 />}
        action={<ButtonLink href="/settings/organizations">Go to Organizations</ButtonLink>}
      >
        A mapping ties an organization to this integration: its entity ID at the service, its overrides, and
        maybe a connection of its own.
      </EmptyState>
    );
  }
  const ownerId = isProviderContext(ctx.actor)
    ? (view.organization?.id ?? null)
    : actorOrganizationId(ctx.actor);
  // Where only one organization can be mapped, there is nothing to add once it is.
  const isFull = ownerId !== null && page.rows.every(({ mapping }) => mapping !== null);
  const mayAdd = may(ctx.actor, "mappings.write", ownerId) && !isFull;
  return (
    <div className="flex flex-col gap-3">
      <PolicyBar setPolicy={setPolicyAction} />
      <MappingFilters
        total={page.total}
        usesOAuth={view.oauth !== null}
        action={mayAdd && <AddMappingButton actions={ACTIONS} />}
      />
      <MappingTable key={mappingsSearch(query)} initial={page} query={query} actions={ACTIONS} />
    </div>
  );
}
