import NextAuth, { type NextAuthOptions } from "next-auth";

export interface AuthAnswer {
  /** Where next-auth sends the browser; its `error` parameter tells of a refusal. */
  url: URL;
  /** Whole `Set-Cookie` lines. */
  setCookies: string[];
}

interface Call {
  action: "csrf" | "signin" | "callback";
  provider?: string;
  method: "GET" | "POST";
  body?: Record<string, string>;
  cookies: Record<string, string>;
}

/**
 * Runs next-auth's POST in this process, so that a server action signs in through the same providers and callbacks as
 * a request to /api/auth would. Next checked the action's origin; next-auth's own CSRF token is fetched and given back
 * here. This is next-auth's Pages Router interface, whose request and response are plain objects.
 */
export async function postToNextAuth(
  options: NextAuthOptions,
  action: "signin" | "callback",
  provider: string,
  body: Record<string, string>,
  requestCookies: Record<string, string>,
): Promise<AuthAnswer> {
  const csrf = await call(options, { action: "csrf", method: "GET", cookies: requestCookies });
  const { csrfToken } = csrf.body as { csrfToken: string };
  const cookies = { ...requestCookies, ...Object.fromEntries(csrf.setCookies.map(nameAndValue)) };
  const answer = await call(options, {
    action,
    provider,
    method: "POST",
    body: { ...body, csrfToken, json: "true" },
    cookies,
  });
  const { url } = (answer.body ?? {}) as { url?: string };
  return {
    url: new URL(url ?? "/", process.env["NEXTAUTH_URL"]),
    setCookies: [...csrf.setCookies, ...answer.setCookies],
  };
}

function nameAndValue(setCookie: string): [string, string] {
  const pair = setCookie.split(";", 1)[0] ?? "";
  const equals = pair.indexOf("=");
  return [pair.slice(0, equals), decodeURIComponent(pair.slice(equals + 1))];
}

async function call(
  options: NextAuthOptions,
  request: Call,
): Promise<{ body: unknown; setCookies: string[] }> {
  const answer: { body: unknown; setCookies: string[] } = { body: null, setCookies: [] };
  const headers = new Map<string, unknown>();
  const response = {
    status: () => response,
    getHeader: (name: string) => headers.get(name.toLowerCase()),
    setHeader: (name: string, value: unknown) => {
      headers.set(name.toLowerCase(), value);
      return response;
    },
    json: (body: unknown) => void (answer.body = body),
    send: (body: unknown) => void (answer.body = body),
    end: () => undefined,
  };
  const nextauth = request.provider ? [request.action, request.provider] : [request.action];
  const req = {
    query: { nextauth },
    method: request.method,
    body: request.body ?? {},
    cookies: request.cookies,
    headers: {},
  };
  const handler = NextAuth as unknown as (
    req: unknown,
    res: unknown,
    options: NextAuthOptions,
  ) => Promise<void>;
  await handler(req, response, options);
  const cookies = headers.get("set-cookie");
  answer.setCookies = Array.isArray(cookies) ? cookies.filter((line) => typeof line === "string") : [];
  return answer;
}
