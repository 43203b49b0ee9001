import type { NextRequest } from "next/server";
import { z } from "zod";
import { jsonResponse } from "@/app/json-response";
import { integrationNotFound } from "@/lib/integrations/queries";
import { listMappingRows } from "@/lib/mappings/list-mapping-rows";
import { mappingListQuery } from "@/lib/mappings/schema";

const OFFERED = 20;

/** What Add Mapping offers for some words: active organizations without a mapping, by name. */
export async function GET(request: NextRequest, { params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const { q } = mappingListQuery.parse({ q: request.nextUrl.searchParams.get("q") ?? "" });
  return jsonResponse(async (ctx) => {
    if (!z.uuid().safeParse(id).success) throw integrationNotFound();
    const { rows } = await listMappingRows(ctx, id, { q, filter: "unmapped" });
    return {
      items: rows.slice(0, OFFERED).map(({ organization: { id: value, name } }) => ({ id: value, name })),
    };
  });
}
