import type { NextRequest } from "next/server";
import { jsonResponse } from "@/app/json-response";
import { listTestTargets, testTargetQuery } from "@/lib/health/list-test-targets";

/** The connections in trouble that a test of all goes through, page by page. */
export async function GET(request: NextRequest) {
  const query = testTargetQuery.parse(Object.fromEntries(request.nextUrl.searchParams));
  return jsonResponse((ctx) => listTestTargets(ctx, query));
}
