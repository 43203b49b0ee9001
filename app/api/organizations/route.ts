import type { NextRequest } from "next/server";
import { jsonResponse } from "@/app/json-response";
import { searchOrganizations } from "@/lib/organizations/queries";
import { organizationListQuery } from "@/lib/organizations/schema";

const OFFERED = 20;

/** What a picker offers for some words: organizations by name; `?active=1` leaves the deactivated ones out. */
export async function GET(request: NextRequest) {
  const { searchParams } = request.nextUrl;
  const { q } = organizationListQuery.parse({ q: searchParams.get("q") ?? "" });
  return jsonResponse(async (ctx) => {
    const found = await searchOrganizations(ctx, q, OFFERED, { onlyActive: searchParams.has("active") });
    return { items: found.map(({ id, name }) => ({ id, name })) };
  });
}
