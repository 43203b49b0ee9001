import type { IncomingMessage, ServerResponse } from "node:http";
import { CLIENT_ADDRESS_HEADER } from "@/lib/auth/client-address";
import { AppError } from "@/lib/errors";
import { readFreshIntegration } from "@/lib/refresh/read-fresh-integration";
import type { Authenticator, Caller } from "./authenticate";
import { apiContext } from "./context";
import { integrationNotFound } from "./integration-name";
import { type IntegrationDataWire, integrationToWire } from "./integration-wire";
import { problemResponse } from "./problem";
import type { ApiServices } from "./services";

/** What `GET /integrations/{name}` answers the caller. @throws AppError */
export async function readIntegrationFor(
  services: ApiServices,
  caller: Caller,
  name: string,
  scopeOf: () => string | undefined,
): Promise<IntegrationDataWire> {
  try {
    const data = await readFreshIntegration(apiContext(services, caller.actor), { name, scope: scopeOf() });
    await caller.touch();
    if (!data) throw integrationNotFound(name);
    return integrationToWire(data);
  } catch (error) {
    // Of all that is wrong, a key that no longer lives is told first.
    if (error instanceof AppError) await caller.confirm();
    throw error;
  }
}

const PLAIN = /^\/api\/v1\/integrations\/([A-Za-z0-9_-]{1,64})(?:\?scope=([A-Za-z0-9-]{1,100}))?$/;
const ROUTE = "/api/v1/integrations/:name";

/**
 * The one call that every script makes, without the layers that the others need: they cost as much as the read itself. It
 * takes the plain form of the request alone, which needs no decoding and no judging of parameters.
 * @returns whether it took the request; if not, the API's router answers it as it answers every other
 */
export function createPlainRead(services: ApiServices, authenticator: Authenticator) {
  return (request: IncomingMessage, response: ServerResponse): boolean => {
    const [, name, scope] = (request.method === "GET" && PLAIN.exec(request.url ?? "")) || [];
    if (name === undefined) return false;
    const startedMs = performance.now();
    answer(request, name, scope)
      .then(
        (body) => {
          response.writeHead(200, {
            "content-type": "application/json",
            "content-length": Buffer.byteLength(body),
            "cache-control": "no-store",
          });
          response.end(body);
        },
        async (error: unknown) => {
          const problem = problemResponse(error, services.log);
          response.writeHead(problem.status, Object.fromEntries(problem.headers));
          response.end(await problem.text());
        },
      )
      .catch((error: unknown) => {
        services.log.error({ err: error }, "an answer could not be sent");
        response.destroy();
      })
      .finally(() =>
        services.metrics.observe("GET", ROUTE, response.statusCode, performance.now() - startedMs),
      );
    return true;
  };

  async function answer(request: IncomingMessage, name: string, scope: string | undefined): Promise<string> {
    const address = request.headers[CLIENT_ADDRESS_HEADER];
    const caller = await authenticator(request.headers.authorization, {
      ipAddress: typeof address === "string" ? address : null,
      userAgent: request.headers["user-agent"] ?? null,
    });
    return JSON.stringify(await readIntegrationFor(services, caller, name, () => scope));
  }
}
