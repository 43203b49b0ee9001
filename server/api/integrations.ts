import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { listIntegrationPage } from "@/lib/integrations/list-integration-page";
import { STATUSES } from "@/lib/integrations/schema";
import { confirmed } from "./authenticate";
import { type ApiEnv, apiContext } from "./context";
import { nameParameter } from "./integration-name";
import { integrationDataWire } from "./integration-wire";
import { cursorParameter, PAGE_SIZE, pageOf, readCursor, requireRead } from "./page";
import { readIntegrationFor } from "./read-integration";
import { jsonAnswer, problems } from "./responses";
import { oneScope, scopeParameters } from "./scope";
import type { ApiServices } from "./services";

const getRoute = createRoute({
  method: "get",
  path: "/integrations/{name}",
  operationId: "getIntegration",
  summary: "One integration: merged configuration and the token that serves",
  description:
    "200 whenever the integration exists: without a usable token `oauth.access_token` is null, and `oauth.status` and `oauth.error` say why. With the permission `integrations:read` alone, secrets and tokens are null.",
  security: [{ apiKey: [] }],
  request: {
    params: z.object({ name: nameParameter }),
    query: z.strictObject(scopeParameters),
  },
  responses: {
    200: jsonAnswer("The integration as the scope sees it.", integrationDataWire),
    ...problems(401, 403, 404, 422, 429, 503),
  },
});

const integrationItemWire = z
  .object({
    integration_id: z.string().openapi({ format: "uuid" }),
    name: z.string(),
    description: z.string(),
    organization_id: z.string().nullable().openapi({ format: "uuid", description: "Null: global." }),
    status: z.enum(STATUSES),
  })
  .openapi("IntegrationItem");

const listRoute = createRoute({
  method: "get",
  path: "/integrations",
  operationId: "listIntegrations",
  summary: "The integrations that the key may see, a page at a time",
  security: [{ apiKey: [] }],
  middleware: [confirmed] as const,
  request: { query: z.strictObject({ cursor: cursorParameter }) },
  responses: {
    200: jsonAnswer(
      "A page of integrations, oldest first.",
      z.object({ integrations: z.array(integrationItemWire), next_cursor: z.string().nullable() }),
    ),
    ...problems(401, 403, 422, 429, 503),
  },
});

export function addIntegrationRoutes(api: OpenAPIHono<ApiEnv>, services: ApiServices): void {
  api.openapi(getRoute, async (context) => {
    const { name } = context.req.valid("param");
    const caller = context.get("caller");
    const answer = await readIntegrationFor(services, caller, name, () =>
      oneScope(context.req.valid("query")),
    );
    return context.json(answer, 200);
  });

  api.openapi(listRoute, async (context) => {
    const { actor } = context.get("caller");
    requireRead(actor);
    const after = readCursor(context.req.valid("query").cursor);
    const { rows, nextCursor } = pageOf(
      await listIntegrationPage(apiContext(services, actor), { after, limit: PAGE_SIZE + 1 }),
    );
    const integrations = rows.map(({ id, name, description, organizationId, status }) => ({
      integration_id: id,
      name,
      description,
      organization_id: organizationId,
      status,
    }));
    return context.json({ integrations, next_cursor: nextCursor }, 200);
  });
}
