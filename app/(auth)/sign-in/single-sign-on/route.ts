import type { NextRequest } from "next/server";
import { startSingleSignOn } from "@/app/auth-edge";
import { describeFailure } from "@/app/describe-failure";
import { safeNextPath } from "@/lib/auth/next-path";
import { readEnv } from "@/lib/env";

/**
 * Sends the browser to the identity server. Not by a redirect: this answers a form, and the policy's `form-action`
 * holds for redirects too. `Refresh` is a navigation of its own, and works before any script does.
 */
export async function GET(request: NextRequest): Promise<Response> {
  const { publicUrl, oidc } = readEnv();
  const next = safeNextPath(request.nextUrl.searchParams.get("next"));
  const back = (error: string) =>
    new Response(null, {
      status: 303,
      headers: { location: `${publicUrl}/sign-in?error=${error}&next=${encodeURIComponent(next)}` },
    });
  if (!oidc) return back("OAuthSignin");
  try {
    const url = await startSingleSignOn(next);
    if (url.origin === publicUrl) return back("OAuthSignin");
    return new Response(page(url.href), {
      headers: {
        "content-type": "text/html; charset=utf-8",
        "cache-control": "no-store",
        refresh: `0; url=${url.href}`,
      },
    });
  } catch (error) {
    describeFailure(error);
    return back("Failed");
  }
}

function page(href: string): string {
  const escaped = href.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
  return `<!doctype html><html lang="en"><meta charset="utf-8"><link rel="icon" href="/icon.svg"><title>Single sign-on</title><p><a href="${escaped}">Continue to single sign-on</a></p></html>`;
}
