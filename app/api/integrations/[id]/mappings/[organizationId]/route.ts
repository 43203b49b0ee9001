import { z } from "zod";
import { jsonResponse } from "@/app/json-response";
import { integrationNotFound } from "@/lib/integrations/queries";
import { getMappingView } from "@/lib/mappings/get-mapping-view";

/** One organization's mapping as it is now, for the badge that moves by itself. */
export async function GET(
  _request: Request,
  { params }: { params: Promise<{ id: string; organizationId: string }> },
) {
  const { id, organizationId } = await params;
  return jsonResponse(async (ctx) => {
    if (!z.uuid().safeParse(id).success || !z.uuid().safeParse(organizationId).success)
      throw integrationNotFound();
    return getMappingView(ctx, id, organizationId);
  });
}
