import type { NextRequest } from "next/server";
import { jsonResponse } from "@/app/json-response";
import { readListQuery } from "@/components/integrations/list-address";
import { listIntegrations } from "@/lib/integrations/queries";

/** The list as it is now, for the table that keeps itself up to date. */
export async function GET(request: NextRequest) {
  const query = readListQuery(Object.fromEntries(request.nextUrl.searchParams));
  return jsonResponse((ctx) => listIntegrations(ctx, query));
}
