import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { listOrganizationPage } from "@/lib/organizations/list-organization-page";
import { confirmed } from "./authenticate";
import { type ApiEnv, apiContext } from "./context";
import { cursorParameter, PAGE_SIZE, pageOf, readCursor, requireRead } from "./page";
import { jsonAnswer, problems } from "./responses";
import type { ApiServices } from "./services";

const organizationWire = z
  .object({
    id: z.string().openapi({ format: "uuid" }),
    name: z.string(),
    kind: z.enum(["provider", "managed"]),
    is_active: z.boolean(),
  })
  .openapi("Organization");

const listRoute = createRoute({
  method: "get",
  path: "/organizations",
  operationId: "listOrganizations",
  summary: "The organizations that the key may see, a page at a time",
  security: [{ apiKey: [] }],
  middleware: [confirmed] as const,
  request: { query: z.strictObject({ cursor: cursorParameter }) },
  responses: {
    200: jsonAnswer(
      "A page of organizations, oldest first; a managed organization's key sees its own.",
      z.object({ organizations: z.array(organizationWire), next_cursor: z.string().nullable() }),
    ),
    ...problems(401, 403, 422, 429, 503),
  },
});

export function addOrganizationRoutes(api: OpenAPIHono<ApiEnv>, services: ApiServices): void {
  api.openapi(listRoute, async (context) => {
    const { actor } = context.get("caller");
    requireRead(actor);
    const after = readCursor(context.req.valid("query").cursor);
    const { rows, nextCursor } = pageOf(
      await listOrganizationPage(apiContext(services, actor), { after, limit: PAGE_SIZE + 1 }),
    );
    const organizations = rows.map(({ id, name, kind, isActive }) => ({
      id,
      name,
      kind,
      is_active: isActive,
    }));
    return context.json({ organizations, next_cursor: nextCursor }, 200);
  });
}
