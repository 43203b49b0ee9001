import { KeyRound } from "lucide-react";
import type { Metadata } from "next";
import { webContext } from "@/app/context";
import { ApiKeyTable } from "@/components/api-keys/api-key-table";
import { PageHeader } from "@/components/patterns/page-header";
import { ButtonLink } from "@/components/ui/button-link";
import { EmptyState } from "@/components/ui/empty-state";
import { Pagination } from "@/components/ui/pagination";
import { listApiKeys } from "@/lib/api-keys/queries";
import { API_KEY_PAGE_SIZE, type ApiKeyPage } from "@/lib/api-keys/schema";
import { actorOrganizationId, isProviderContext } from "@/lib/auth/actor";
import { may } from "@/lib/auth/permissions";
import { revokeApiKeyAction } from "./actions";

export const metadata: Metadata = { title: "API keys" };

interface PageProps {
  searchParams: Promise<{ page?: string | string[] }>;
}

export default async function ApiKeysPage({ searchParams }: PageProps) {
  const ctx = await webContext();
  if (!may(ctx.actor, "api_keys.read", actorOrganizationId(ctx.actor))) {
    return (
      <>
        <PageHeader title="API keys" />
        <EmptyState title="Your role does not manage API keys" icon={<KeyRound />}>
          A platform admin creates and revokes them, and so does an organization&apos;s own admin. Ask one of
          them for a key.
        </EmptyState>
      </>
    );
  }
  const wanted = Number((await searchParams).page ?? 1);
  const page = await listApiKeys(ctx, Number.isSafeInteger(wanted) ? wanted : 1);
  const create = (
    <ButtonLink variant="primary" href="/settings/api-keys/new" data-shortcut="c" aria-keyshortcuts="c">
      Create API key
    </ButtonLink>
  );
  if (page.total === 0) {
    return (
      <>
        <PageHeader title="API keys" />
        <EmptyState title="No API keys yet" icon={<KeyRound />} action={create}>
          A script shows its API key when it asks for an integration, so that you can see who asks and end it
          at any time.
        </EmptyState>
      </>
    );
  }
  return (
    <>
      <PageHeader title="API keys" action={create} />
      <div className="flex flex-col gap-3">
        <ApiKeyTable
          keys={page.rows}
          showOrganization={isProviderContext(ctx.actor)}
          revoke={revokeApiKeyAction}
        />
        <Pagination
          summary={summaryOf(page)}
          previousHref={page.page > 1 ? `/settings/api-keys?page=${page.page - 1}` : undefined}
          nextHref={page.page < page.pageCount ? `/settings/api-keys?page=${page.page + 1}` : undefined}
        />
      </div>
    </>
  );
}

function summaryOf({ page, rows, total }: ApiKeyPage): string {
  const first = (page - 1) * API_KEY_PAGE_SIZE + 1;
  return total === 1 ? "1 API key" : `${first}–${first + rows.length - 1} of ${total} API keys`;
}
