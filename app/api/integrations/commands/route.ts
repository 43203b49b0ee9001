import type { NextRequest } from "next/server";
import { jsonResponse } from "@/app/json-response";
import type { CommandItem } from "@/components/frame/command-store";
import { may } from "@/lib/auth/permissions";
import { listIntegrations } from "@/lib/integrations/queries";
import { integrationListQuery, type IntegrationListRow } from "@/lib/integrations/schema";

/** What the command menu offers of integrations: creating or importing one, and going to each whose name or description fits. */
export async function GET(request: NextRequest) {
  const query = integrationListQuery.parse({ q: request.nextUrl.searchParams.get("q") ?? "", sort: "name" });
  return jsonResponse(async (ctx) => {
    const { rows } = await listIntegrations(ctx, query);
    const mayCreate = may(ctx.actor, "integrations.write", null);
    return { items: [...(mayCreate ? [create, importing] : []), ...rows.map(goTo)] };
  });
}

const create: CommandItem = {
  id: "create-integration",
  label: "Create Integration",
  group: "Actions",
  href: "/settings/integrations/new",
};

const importing: CommandItem = {
  id: "import-integration",
  label: "Import an integration",
  group: "Actions",
  href: "/settings/integrations/import",
};

function goTo(row: IntegrationListRow): CommandItem {
  return {
    id: `integration-${row.id}`,
    label: row.name,
    detail: row.organization?.name ?? "Global",
    group: "Integrations",
    href: `/settings/integrations/${row.id}`,
  };
}
