import type { NextRequest } from "next/server";
import { readListQuery } from "@/app/integration-list-query";
import { jsonResponse } from "@/app/json-response";
import { listIntegrations } from "@/lib/integrations/queries";

/** The list as it is now, for the table that keeps itself up to date. */
export async function GET(request: NextRequest) {
  const query = readListQuery(Object.fromEntries(request.nextUrl.searchParams));
  return jsonResponse((ctx) => listIntegrations(ctx, query));
}
