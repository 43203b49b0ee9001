import { z } from "zod";
import { jsonResponse } from "@/app/json-response";
import { getIntegration, integrationNotFound } from "@/lib/integrations/queries";

/** One integration as it is now, for the badge that moves by itself. */
export async function GET(_request: Request, { params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  return jsonResponse(async (ctx) => {
    if (!z.uuid().safeParse(id).success) throw integrationNotFound();
    return getIntegration(ctx, id);
  });
}
