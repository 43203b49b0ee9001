import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import {
  CONNECTION_STATUSES,
  type ConnectionItem,
  listConnectionPage,
} from "@/lib/connections/list-connection-page";
import { confirmed } from "./authenticate";
import { type ApiEnv, apiContext } from "./context";
import { cursorParameter, PAGE_SIZE, pageOf, readCursor, requireRead } from "./page";
import { jsonAnswer, problems } from "./responses";
import type { ApiServices } from "./services";

const time = z.string().nullable().openapi({ format: "date-time" });

const connectionWire = z
  .object({
    id: z.string().openapi({ format: "uuid" }),
    integration_id: z.string().openapi({ format: "uuid" }),
    integration_name: z.string(),
    organization_id: z
      .string()
      .nullable()
      .openapi({ format: "uuid", description: "Whose own connection it is; null: the default connection." }),
    status: z.enum(CONNECTION_STATUSES),
    error: z.object({ code: z.string(), message: z.string() }).nullable(),
    entity_id: z.string().nullable(),
    expires_at: time,
    last_refresh_at: time,
  })
  .openapi("Connection");

const listRoute = createRoute({
  method: "get",
  path: "/connections",
  operationId: "listConnections",
  summary: "The connections that the key may see, a page at a time; no tokens",
  security: [{ apiKey: [] }],
  middleware: [confirmed] as const,
  request: {
    query: z.strictObject({ cursor: cursorParameter, status: z.enum(CONNECTION_STATUSES).optional() }),
  },
  responses: {
    200: jsonAnswer(
      "A page of connections, oldest first.",
      z.object({ connections: z.array(connectionWire), next_cursor: z.string().nullable() }),
    ),
    ...problems(401, 403, 422, 429, 503),
  },
});

export function addConnectionRoutes(api: OpenAPIHono<ApiEnv>, services: ApiServices): void {
  api.openapi(listRoute, async (context) => {
    const { actor } = context.get("caller");
    requireRead(actor);
    const { cursor, status = null } = context.req.valid("query");
    const after = readCursor(cursor);
    const { rows, nextCursor } = pageOf(
      await listConnectionPage(apiContext(services, actor), { after, limit: PAGE_SIZE + 1, status }),
    );
    return context.json({ connections: rows.map(toWire), next_cursor: nextCursor }, 200);
  });
}

function toWire(item: ConnectionItem): z.output<typeof connectionWire> {
  const { errorCode: code, errorMessage: message } = item;
  return {
    id: item.id,
    integration_id: item.integrationId,
    integration_name: item.integrationName,
    organization_id: item.organizationId,
    status: item.status,
    error: code === null ? null : { code, message: message ?? "See the connection's page in Bifrost." },
    entity_id: item.entityId,
    expires_at: item.expiresAt?.toISOString() ?? null,
    last_refresh_at: item.lastRefreshAt?.toISOString() ?? null,
  };
}
