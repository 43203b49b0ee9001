import { randomBytes } from "node:crypto";
import { type NextRequest, NextResponse } from "next/server";
import { isSameOrigin } from "@/lib/auth/same-origin";
import { securityHeaders } from "@/lib/auth/security-headers";
import { seemsSignedIn } from "@/lib/auth/session-cookie";
import { type Env, readEnv } from "@/lib/env";

// Next's own files need neither a session nor a policy of their own. /api/v1, health and metrics never come here:
// server/web.ts answers them itself.
export const config = { matcher: ["/((?!_next/static|_next/image|favicon.ico|icon.svg).*)"] };

let settings: Env | undefined;

/**
 * Stands before every screen: the right origin, a policy with a fresh nonce, and somebody signed in. The right host is
 * server/public-host.ts's matter.
 */
export async function proxy(request: NextRequest): Promise<NextResponse> {
  settings ??= readEnv();
  const { publicUrl, authSecret } = settings;
  const { pathname, search } = request.nextUrl;
  const nonce = randomBytes(18).toString("base64");
  const headers = securityHeaders({
    nonce,
    pathname,
    https: publicUrl.startsWith("https://"),
    development: process.env.NODE_ENV === "development",
  });

  const answer = await decide();
  for (const [name, value] of Object.entries(headers)) answer.headers.set(name, value);
  return answer;

  async function decide(): Promise<NextResponse> {
    const changes = request.method !== "GET" && request.method !== "HEAD";
    if (changes && !isSameOrigin(request.headers, publicUrl)) {
      return refusal("This request did not come from a page of this server. Open the page again.", 403);
    }
    // A server action redirects by itself, in the way that its caller's script understands.
    const isAction = changes && request.headers.has("next-action");
    if (needsSession(pathname) && !isAction && !(await seemsSignedIn(cookiesOf(request), authSecret))) {
      const next = pathname === "/" ? "" : `?next=${encodeURIComponent(pathname + search)}`;
      return redirectTo(`${publicUrl}/sign-in${next}`, changes ? 303 : 307);
    }
    const forwarded = new Headers(request.headers);
    // Next reads the nonce from the policy of the request; our own scripts read it from x-nonce.
    forwarded.set("content-security-policy", headers["content-security-policy"] ?? "");
    forwarded.set("x-nonce", nonce);
    forwarded.set("x-bifrost-path", pathname + search);
    return NextResponse.next({ request: { headers: forwarded } });
  }
}

/**
 * Route handlers answer for themselves, in JSON; sign-in, setup and the API reference are for people who are not signed in. The callback
 * too: its address carries a code and a state, which must not end up in the sign-in page's address.
 */
function needsSession(pathname: string): boolean {
  return !/^\/(sign-in|setup|oauth|api|sdk|docs)(\/|$)/.test(pathname);
}

function cookiesOf(request: NextRequest): Record<string, string> {
  return Object.fromEntries(request.cookies.getAll().map(({ name, value }) => [name, value]));
}

function redirectTo(location: string, status: number): NextResponse {
  return new NextResponse(null, { status, headers: { location, "cache-control": "no-store" } });
}

function refusal(message: string, status: number): NextResponse {
  return new NextResponse(`${message}\n`, {
    status,
    headers: { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" },
  });
}
