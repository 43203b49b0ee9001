import NextAuth from "next-auth";
import type { NextRequest } from "next/server";
import { requestAuthOptions } from "@/app/auth-edge";

interface RouteContext {
  params: Promise<{ nextauth: string[] }>;
}

/** next-auth's own routes: the way back from single sign-on, and sign-in and sign-out for clients of its protocol. */
async function handle(request: NextRequest, context: RouteContext): Promise<Response> {
  const handler = NextAuth as unknown as (
    request: NextRequest,
    context: RouteContext,
    options: Awaited<ReturnType<typeof requestAuthOptions>>,
  ) => Promise<Response>;
  return handler(request, context, await requestAuthOptions());
}

export { handle as GET, handle as POST };
