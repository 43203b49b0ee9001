import type { NextRequest } from "next/server";
import { jsonResponse } from "@/app/json-response";
import { listHealthPage } from "@/lib/health/list-health-page";
import { healthQuery } from "@/lib/health/schema";

/** A part of the Health grid as it is now, for statuses that move by themselves. */
export async function GET(request: NextRequest) {
  const query = healthQuery.parse(Object.fromEntries(request.nextUrl.searchParams));
  return jsonResponse((ctx) => listHealthPage(ctx, query));
}
