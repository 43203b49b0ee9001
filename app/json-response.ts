import { AppError } from "@/lib/errors";
import { optionalWebContext, type WebContext } from "./context";
import { describeFailure } from "./describe-failure";

const NOT_STORED = { "cache-control": "no-store" };

/**
 * Answers a route handler under app/api with what the work gives as JSON, or with problem+json (RFC 9457). Handlers
 * that change something call `assertSameOrigin` first.
 *
 * @example
 * export const GET = () => jsonResponse((ctx) => listIntegrations(ctx, {}));
 */
export async function jsonResponse(work: (ctx: WebContext) => Promise<unknown>): Promise<Response> {
  try {
    const ctx = await optionalWebContext();
    if (!ctx) throw new AppError("unauthenticated", "You are signed out. Sign in again.");
    return Response.json(await work(ctx), { headers: NOT_STORED });
  } catch (error) {
    return errorResponse(error);
  }
}

/** What a route handler under app/api answers for whatever was thrown: problem+json. */
export function errorResponse(error: unknown): Response {
  const { code, status, message, errors, retryAfterSeconds } = describeFailure(error);
  const problem = {
    type: `urn:bifrost:problem:${code}`,
    title: code.replaceAll("_", " "),
    status,
    detail: message,
    code,
    ...(errors.length > 0 ? { errors } : {}),
  };
  return Response.json(problem, {
    status,
    headers: {
      ...NOT_STORED,
      "content-type": "application/problem+json",
      ...(retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) }),
    },
  });
}
