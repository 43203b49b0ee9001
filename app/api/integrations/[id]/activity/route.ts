import type { NextRequest } from "next/server";
import { z } from "zod";
import { jsonResponse } from "@/app/json-response";
import { integrationNotFound } from "@/lib/integrations/queries";
import { listActivityPage } from "@/lib/refresh/list-activity-page";
import { activityListQuery } from "@/lib/refresh/schema";

/** One page of the Activity tab as it is now. */
export async function GET(request: NextRequest, { params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const query = activityListQuery.parse(Object.fromEntries(request.nextUrl.searchParams));
  return jsonResponse(async (ctx) => {
    if (!z.uuid().safeParse(id).success) throw integrationNotFound();
    return listActivityPage(ctx, id, query);
  });
}
