import { encode } from "next-auth/jwt";
import { NextResponse, type NextRequest } from "next/server";
import { webServices } from "@/app/context";
import { requestOrigin } from "@/lib/auth/client-address";
import { installationId } from "@/lib/auth/installation";
import { SIGN_IN_ERRORS } from "@/lib/auth/next-auth-options";
import { sessionCookies } from "@/lib/auth/session-cookie";
import { SESSION_LIFETIME_SECONDS } from "@/lib/auth/sessions";
import { readEnv } from "@/lib/env";
import { acceptSignInLink } from "@/lib/users/accept-sign-in-link";

/** A link printed by the command line or the demo: opens a session and goes on to the integrations. */
export async function GET(request: NextRequest, { params }: { params: Promise<{ token: string }> }) {
  const { publicUrl, authSecret } = readEnv();
  const services = webServices();
  const session = await acceptSignInLink(services, requestOrigin(request.headers), (await params).token);
  const target = session ? "/settings/integrations" : `/sign-in?error=${SIGN_IN_ERRORS.linkGone}`;
  const response = NextResponse.redirect(new URL(target, publicUrl), 303);
  response.headers.set("Cache-Control", "no-store");
  response.headers.set("Referrer-Policy", "no-referrer");
  if (session) {
    const cookie = sessionCookies(await installationId(services.db), publicUrl).sessionToken;
    const token = await encode({
      token: { sub: session.userId, sid: session.sid },
      secret: authSecret,
      maxAge: SESSION_LIFETIME_SECONDS,
    });
    response.cookies.set(cookie.name, token, { ...cookie.options, maxAge: SESSION_LIFETIME_SECONDS });
  }
  return response;
}
