import { Activity } from "lucide-react";
import type { Metadata } from "next";
import { webContext } from "@/app/context";
import { ActivityFilters } from "@/components/activity/activity-filters";
import { ActivityTable } from "@/components/activity/activity-table";
import { addressOf, singleParams, type RawParams } from "@/components/patterns/list-params";
import { EmptyState } from "@/components/ui/empty-state";
import { isProviderContext } from "@/lib/auth/actor";
import { findOrganization } from "@/lib/organizations/queries";
import { listActivityPage } from "@/lib/refresh/list-activity-page";
import { activityListQuery } from "@/lib/refresh/schema";
import { findIntegrationView, loadIntegrationView } from "../../load-integration-view";

interface PageProps {
  params: Promise<{ id: string }>;
  searchParams: Promise<RawParams>;
}

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  const view = await findIntegrationView((await params).id);
  return { title: view ? `Activity · ${view.name}` : "Not found" };
}

export default async function ActivityPage({ params, searchParams }: PageProps) {
  const view = await loadIntegrationView((await params).id);
  const ctx = await webContext();
  const query = activityListQuery.parse(singleParams(await searchParams));
  const isProvider = isProviderContext(ctx.actor);
  const { organization } = query;
  const [page, chosen] = await Promise.all([
    listActivityPage(ctx, view.id, query),
    isProvider && organization && organization !== "default"
      ? findOrganization(ctx.db.prisma, organization)
      : null,
  ]);
  const isFiltered = query.outcome !== undefined || organization !== undefined;
  if (page.rows.length === 0 && !isFiltered && query.cursor === undefined) {
    return (
      <EmptyState title="Nothing has been refreshed yet" icon={<Activity />}>
        {view.oauth
          ? "Every attempt to refresh a token is kept here: when, why, what came of it, and the service's own words."
          : "This integration has no OAuth, so there is no token to refresh."}
      </EmptyState>
    );
  }
  const { cursor: _cursor, ...filters } = query;
  return (
    <div className="flex flex-col gap-3">
      <ActivityFilters
        showOrganization={isProvider}
        chosenName={organization === "default" ? "Default connection" : (chosen?.name ?? null)}
      />
      <ActivityTable
        key={addressOf("", { ...query })}
        integrationId={view.id}
        name={view.name}
        initial={page}
        filters={filters}
        cursor={query.cursor ?? null}
      />
    </div>
  );
}
