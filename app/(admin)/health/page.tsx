import { Activity } from "lucide-react";
import type { Metadata } from "next";
import { webContext } from "@/app/context";
import { ForecastList } from "@/components/health/forecast-list";
import { HealthFilters } from "@/components/health/health-filters";
import { HealthScreen } from "@/components/health/health-screen";
import { addressOf, singleParams, type RawParams } from "@/components/patterns/list-params";
import { PageHeader } from "@/components/patterns/page-header";
import { ButtonLink } from "@/components/ui/button-link";
import { EmptyState } from "@/components/ui/empty-state";
import { isProviderContext } from "@/lib/auth/actor";
import { listForecast } from "@/lib/health/list-forecast";
import { listHealthPage } from "@/lib/health/list-health-page";
import { healthQuery } from "@/lib/health/schema";
import { findOrganization } from "@/lib/organizations/queries";
import { connectAction, refreshTokenAction } from "../settings/integrations/connection-actions";

export const metadata: Metadata = { title: "Health" };

export default async function HealthPage({ searchParams }: { searchParams: Promise<RawParams> }) {
  const ctx = await webContext();
  const query = healthQuery.parse(singleParams(await searchParams));
  const isProvider = isProviderContext(ctx.actor);
  const [page, forecast, organization] = await Promise.all([
    listHealthPage(ctx, query),
    listForecast(ctx),
    isProvider && query.organization ? findOrganization(ctx.db.prisma, query.organization) : null,
  ]);
  const actions = { connect: connectAction, refresh: refreshTokenAction };
  const isFiltered = query.integration !== undefined || query.organization !== undefined;
  if (query.show === "all" && page.rowTotal === 0 && !isFiltered) {
    return (
      <>
        <PageHeader title="Health" />
        <EmptyState
          title="No integrations yet"
          icon={<Activity />}
          action={<ButtonLink href="/settings/integrations">Go to Integrations</ButtonLink>}
        >
          Here stands how every integration does for every organization, and what needs attention first.
        </EmptyState>
      </>
    );
  }
  return (
    <>
      <HealthScreen
        key={addressOf("", { ...query })}
        initial={page}
        query={query}
        actions={actions}
        filters={
          <HealthFilters
            integrationName={query.integration ? (page.rows[0]?.integration.name ?? null) : null}
            organizationName={isProvider ? (organization?.name ?? "") : null}
          />
        }
      />
      <ForecastList forecast={forecast} actions={actions} />
    </>
  );
}
