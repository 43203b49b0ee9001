import type { NextRequest } from "next/server";
import { jsonResponse } from "@/app/json-response";
import { fieldError } from "@/lib/errors";
import { previewRedirectUri } from "@/lib/integrations/queries";
import { INTEGRATION_NAME } from "@/lib/integrations/rules";
import { requirePermission } from "@/lib/auth/permissions";

/** The Redirect URI that an integration of this name would get if it were created now. */
export async function GET(request: NextRequest) {
  const name = request.nextUrl.searchParams.get("name") ?? "";
  return jsonResponse(async (ctx) => {
    requirePermission(ctx.actor, "integrations.write", null);
    if (!INTEGRATION_NAME.test(name))
      throw fieldError("name", "This is not a name that an integration can have.");
    return { redirectUri: await previewRedirectUri(ctx, name) };
  });
}
