import type { NextRequest } from "next/server";
import { z } from "zod";
import { jsonResponse } from "@/app/json-response";
import { integrationNotFound } from "@/lib/integrations/queries";
import { listMappingRows } from "@/lib/mappings/list-mapping-rows";
import { mappingListQuery } from "@/lib/mappings/schema";

/** One page of the Mappings tab as it is now, for badges that move by themselves. */
export async function GET(request: NextRequest, { params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const query = mappingListQuery.parse(Object.fromEntries(request.nextUrl.searchParams));
  return jsonResponse(async (ctx) => {
    if (!z.uuid().safeParse(id).success) throw integrationNotFound();
    return listMappingRows(ctx, id, query);
  });
}
