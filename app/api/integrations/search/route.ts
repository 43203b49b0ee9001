import type { NextRequest } from "next/server";
import { jsonResponse } from "@/app/json-response";
import { listIntegrations } from "@/lib/integrations/queries";
import { integrationListQuery } from "@/lib/integrations/schema";

/** What a picker offers for some words: integrations by name, and whose each one is where it is not global. */
export async function GET(request: NextRequest) {
  const query = integrationListQuery.parse({ q: request.nextUrl.searchParams.get("q") ?? "", sort: "name" });
  return jsonResponse(async (ctx) => {
    const { rows } = await listIntegrations(ctx, query);
    const items = rows.map(({ id, name, organization }) => ({
      id,
      name: organization ? `${name} (${organization.name})` : name,
    }));
    return { items };
  });
}
