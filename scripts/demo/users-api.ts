import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { DEMO_TENANTS, DEMO_USERS, type DemoUser } from "./directory";

export interface UsersApiOptions {
  /** A free one unless said. */
  port?: number;
  /** Where tokens are looked up (RFC 7662), and as whom. */
  introspectionUrl: string;
  clientId: string;
  clientSecret: string;
}

export interface UsersApi {
  origin: string;
  close: () => Promise<void>;
}

interface TokenFacts {
  active: boolean;
  sub?: string;
  tid?: string;
  scope?: string;
}

const READS_USERS =
  /(^| )(https:\/\/graph\.microsoft\.com\/)?(\.default|(Directory|User)\.Read(Write)?\.All)( |$)/;

/** A small API shaped like Microsoft Graph: `/v1.0/users`, `/v1.0/me` and `/v1.0/organization` of the token's tenant. */
export async function startUsersApi(options: UsersApiOptions): Promise<UsersApi> {
  const server = createServer((request, response) => {
    answer(request, response, options).catch(() => {
      refuse(response, 503, "ServiceUnavailable", "The identity service does not answer.");
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(options.port ?? 0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  options: UsersApiOptions,
): Promise<void> {
  const token = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? "")?.[1];
  const facts = token === undefined ? null : await introspect(token, options);
  if (!facts?.active) {
    const said = token === undefined ? "Access token is empty." : "Access token has expired or is not valid.";
    response.setHeader("www-authenticate", 'Bearer realm="demo"');
    return refuse(response, 401, "InvalidAuthenticationToken", said);
  }
  const users = DEMO_USERS.filter((user) => user.tenant === facts.tid);
  const path = new URL(request.url ?? "/", "http://demo.invalid").pathname.replace(/\/$/, "");
  if (request.method !== "GET") return refuse(response, 405, "MethodNotAllowed", "Only GET is supported.");
  if (path === "/v1.0/me") {
    const me = DEMO_USERS.find((user) => user.id === facts.sub);
    if (!me)
      return refuse(
        response,
        400,
        "BadRequest",
        "/me request is only valid with delegated authentication flow.",
      );
    return send(response, 200, { "@odata.context": "$metadata#users/$entity", ...asGraphUser(me) });
  }
  if (path === "/v1.0/organization") {
    const tenants = DEMO_TENANTS.filter(({ id }) => id === facts.tid);
    const value = tenants.map(({ id, displayName }) => ({
      id,
      displayName,
      verifiedDomains: [{ name: id, isDefault: true }],
    }));
    return send(response, 200, { "@odata.context": "$metadata#organization", value });
  }
  if (path === "/v1.0/users") {
    if (!READS_USERS.test(facts.scope ?? "")) {
      return refuse(
        response,
        403,
        "Authorization_RequestDenied",
        "Insufficient privileges to complete the operation.",
      );
    }
    return send(response, 200, { "@odata.context": "$metadata#users", value: users.map(asGraphUser) });
  }
  refuse(response, 404, "ResourceNotFound", `There is no resource at ${path}.`);
}

async function introspect(token: string, options: UsersApiOptions): Promise<TokenFacts> {
  const response = await fetch(options.introspectionUrl, {
    method: "POST",
    body: new URLSearchParams({ token, client_id: options.clientId, client_secret: options.clientSecret }),
  });
  if (!response.ok) throw new Error(`introspection answered ${response.status}`);
  return (await response.json()) as TokenFacts;
}

function asGraphUser({
  id,
  displayName,
  givenName,
  surname,
  jobTitle,
  email,
}: DemoUser): Record<string, string> {
  return { id, displayName, givenName, surname, jobTitle, mail: email, userPrincipalName: email };
}

function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  send(response, status, { error: { code, message } });
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json; charset=utf-8" });
  response.end(JSON.stringify(body, null, 2));
}
