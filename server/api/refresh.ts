import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { forceRefresh } from "@/lib/refresh/force-refresh";
import { confirmed } from "./authenticate";
import { type ApiEnv, apiContext } from "./context";
import { nameParameter } from "./integration-name";
import { oauthCredentialsWire, oauthToWire } from "./integration-wire";
import { optionalJsonBody } from "./json-body";
import { jsonAnswer, problem, problems } from "./responses";
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
  middleware: [confirmed, optionalJsonBody] as const,
  request: {
    params: z.object({ name: nameParameter }),
    query: z.strictObject(scopeParameters),
    body: { required: false, content: { "application/json": { schema: refreshBody } } },
  },
  responses: {
    200: jsonAnswer("The credentials, fresh and stored.", oauthCredentialsWire),
    ...problems(401, 403, 404, 413, 422, 429),
    ...problem(
      409,
      "There is nothing to refresh, or not this: `not_connected`, `reconnect_required` (only a person can mend it) or `connection_changed` (another connection serves now: read the integration again).",
    ),
    ...problem(
      503,
      "The token cannot be refreshed right now: the service has trouble, a refresh is under way or was just made, refreshing is paused, or the database or a key is missing. `Retry-After` may say how long to wait, in seconds.",
    ),
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
