import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { forceRefresh } from "@/lib/refresh/force-refresh";
import { confirmed } from "./authenticate";
import { type ApiEnv, apiContext } from "./context";
import { nameParameter } from "./integration-name";
import { oauthCredentialsWire, oauthToWire } from "./integration-wire";
import { jsonBody } from "./json-body";
import { jsonAnswer, problems } from "./responses";
import { oneScope, scopeParameters } from "./scope";
import type { ApiServices } from "./services";

const refreshBody = z
  .strictObject({
    connection_id: z.uuid("Send the connection_id that the integration's answer gave.").optional(),
    if_version: z
      .int("Send the version that the integration's answer gave.")
      .min(0, "Send the version that the integration's answer gave.")
      .optional(),
  })
  .openapi("RefreshRequest");

const refreshRoute = createRoute({
  method: "post",
  path: "/integrations/{name}/oauth/refresh",
  operationId: "refreshOAuth",
  summary: "Refreshes the token that serves a scope, and gives it; needs credentials:read",
  description:
    "For a token that the service refuses before its expiry. With `if_version` a burst of calls makes one refresh: where a newer version is stored already, that is given. `connection_id` guards against another connection serving by now.",
  security: [{ apiKey: [] }],
  middleware: [confirmed, jsonBody] as const,
  request: {
    params: z.object({ name: nameParameter }),
    query: z.strictObject(scopeParameters),
    body: { required: true, content: { "application/json": { schema: refreshBody } } },
  },
  responses: {
    200: jsonAnswer("The credentials, fresh and stored.", oauthCredentialsWire),
    ...problems(401, 403, 404, 409, 413, 422, 429, 503),
  },
});

export function addRefreshRoute(api: OpenAPIHono<ApiEnv>, services: ApiServices): void {
  api.openapi(refreshRoute, async (context) => {
    const { actor } = context.get("caller");
    const { name } = context.req.valid("param");
    const { connection_id: connectionId, if_version: ifVersion } = context.req.valid("json");
    const scope = oneScope(context.req.valid("query"));
    const oauth = await forceRefresh(apiContext(services, actor), { name, scope, connectionId, ifVersion });
    return context.json(oauthToWire(oauth), 200);
  });
}
