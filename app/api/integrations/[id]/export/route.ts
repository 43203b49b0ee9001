import { z } from "zod";
import { optionalWebContext } from "@/app/context";
import { errorResponse } from "@/app/json-response";
import { assertSameOrigin } from "@/lib/auth/same-origin";
import { exportIntegration } from "@/lib/definitions/export-integration";
import { AppError } from "@/lib/errors";
import { integrationNotFound } from "@/lib/integrations/queries";

/** An integration's definition as a file. A POST, as the export is itself recorded. */
export async function POST(
  request: Request,
  { params }: { params: Promise<{ id: string }> },
): Promise<Response> {
  try {
    const ctx = await optionalWebContext();
    if (!ctx) throw new AppError("unauthenticated", "You are signed out. Sign in again.");
    assertSameOrigin(request, ctx.publicUrl);
    const { id } = await params;
    if (!z.uuid().safeParse(id).success) throw integrationNotFound();
    const { name, text } = await exportIntegration(ctx, { integrationId: id });
    return new Response(text, {
      headers: {
        "content-type": "application/yaml; charset=utf-8",
        // A name has letters, digits, dots, hyphens and underscores only.
        "content-disposition": `attachment; filename="${name}.yaml"`,
        "cache-control": "no-store",
      },
    });
  } catch (error) {
    return errorResponse(error);
  }
}
