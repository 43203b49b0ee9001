import { NextResponse, type NextRequest } from "next/server";
import { optionalWebContext } from "@/app/context";
import { describeFailure } from "@/app/describe-failure";
import { completeConnect } from "@/lib/connections/complete-connect";
import { readEnv } from "@/lib/env";

const UUID = /[0-9a-f]{8}-[0-9a-f-]{27}/;

/**
 * Where a service sends the browser back to (RFC 6749 4.1.2). Always answers 303 to an address without the query, which
 * is secret: it is not logged, and `Referrer-Policy: no-referrer` keeps it from the next page.
 */
export async function GET(request: NextRequest, { params }: { params: Promise<{ slug: string }> }) {
  const { slug } = await params;
  try {
    const ctx = await optionalWebContext();
    if (!ctx) return leave("/oauth/refused?reason=signed_out");
    const result = await completeConnect(ctx, { slug, params: request.nextUrl.searchParams });
    if (result.outcome === "refused") return leave(`/oauth/refused?reason=${result.reason}`);
    const screen = `/settings/integrations/${result.integrationId}`;
    return leave(result.organizationId === null ? screen : `${screen}/mappings/${result.organizationId}`);
  } catch (error) {
    const { code, message } = describeFailure(error);
    if (code !== "internal_error") return leave("/oauth/refused?reason=unavailable");
    return leave(`/oauth/refused?reason=error&id=${UUID.exec(message)?.[0] ?? ""}`);
  }
}

function leave(path: string): NextResponse {
  const response = NextResponse.redirect(new URL(path, readEnv().publicUrl), 303);
  response.headers.set("Referrer-Policy", "no-referrer");
  response.headers.set("Cache-Control", "no-store");
  return response;
}
