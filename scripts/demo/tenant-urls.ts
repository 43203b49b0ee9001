import type { IncomingMessage } from "node:http";

/** The endpoints as Microsoft's stand behind a tenant: `/{tenant}/oauth2/v2.0/token`. */
export const ROUTES = {
  authorization: "/oauth2/v2.0/authorize",
  token: "/oauth2/v2.0/token",
  revocation: "/oauth2/v2.0/revoke",
  end_session: "/oauth2/v2.0/logout",
  introspection: "/oauth2/v2.0/introspect",
  userinfo: "/oidc/userinfo",
  jwks: "/discovery/v2.0/keys",
} as const;

const TENANT_PATH = /^\/([^/]+)(\/(?:oauth2|oidc|discovery)\/.*)$/;

/** The tenant that a path of this service names. */
export function tenantOf(path: string): string | null {
  return TENANT_PATH.exec(path)?.[1] ?? null;
}

/**
 * Lets the server, which knows no tenants, answer below `/{tenant}` as if it were mounted there. Asks everybody to sign in and
 * consent each time, as a demonstration should.
 */
export function mountBelowTenant(request: IncomingMessage & { originalUrl?: string }): void {
  const url = new URL(request.url ?? "/", "http://demo.invalid");
  const [, tenant, path] = TENANT_PATH.exec(url.pathname) ?? [];
  if (tenant === undefined || path === undefined) return;
  if (path === ROUTES.authorization && url.searchParams.get("prompt") !== "none") {
    url.searchParams.set("prompt", "login consent");
  }
  request.url = path + url.search;
  request.originalUrl = `/${tenant}${request.url}`;
}
