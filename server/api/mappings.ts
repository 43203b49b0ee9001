import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { MiddlewareHandler } from "hono";
import { AppError, type FieldError } from "@/lib/errors";
import { deleteMapping } from "@/lib/mappings/delete-mapping";
import { getMapping, listMappings, requireOwnScope } from "@/lib/mappings/queries";
import { upsertMapping } from "@/lib/mappings/upsert-mapping";
import { confirmed } from "./authenticate";
import { type ApiEnv, apiContext } from "./context";
import { integrationNotFound, nameParameter } from "./integration-name";
import { jsonBody } from "./json-body";
import { entityIdWire, integrationMappingWire, mappingToWire, upsertBodyWire } from "./mapping-wire";
import { cursorParameter, PAGE_SIZE, readCursor, writeCursor } from "./page";
import { logUnopened } from "./problem";
import { jsonAnswer, problems } from "./responses";
import { oneScope, scopeParameters } from "./scope";
import type { ApiServices } from "./services";

const security = [{ apiKey: [] }];
const byName = z.object({ name: nameParameter });
const byNameAndOrganization = z.object({
  name: nameParameter,
  organization_id: z.string().openapi({ format: "uuid" }),
});

/** Whose mapping it is, is judged before what is to be written: a stranger learns nothing by sending bad bodies. */
const ownScope: MiddlewareHandler<ApiEnv> = async (context, next) => {
  requireOwnScope(context.get("caller").actor, context.req.param("organization_id"));
  await next();
};

const listRoute = createRoute({
  method: "get",
  path: "/integrations/{name}/mappings",
  operationId: "listMappings",
  summary: "An integration's mappings, a page at a time",
  security,
  middleware: [confirmed] as const,
  request: {
    params: byName,
    query: z.strictObject({
      cursor: cursorParameter,
      limit: z
        .string()
        .regex(/^([1-9]\d?|[1-4]\d\d|500)$/, "Send a whole number from 1 to 500.")
        .optional()
        .openapi({ type: "integer", minimum: 1, maximum: 500, default: PAGE_SIZE }),
    }),
  },
  responses: {
    200: jsonAnswer(
      "Mappings, oldest first: all of them for the provider's key, a managed organization's own for its key. A secret that the server has lost the key of is null here; reading that mapping alone names it.",
      z.object({ mappings: z.array(integrationMappingWire), next_cursor: z.string().nullable() }),
    ),
    ...problems(401, 403, 404, 422, 429, 503),
  },
});

const getRoute = createRoute({
  method: "get",
  path: "/integrations/{name}/mapping",
  operationId: "getMapping",
  summary: "One mapping, by organization, by entity ID, or by both",
  description:
    "Given both, both must match. By entity ID alone the provider's key searches all organizations, a managed organization's key its own. `global` has no mapping.",
  security,
  middleware: [confirmed] as const,
  request: {
    params: byName,
    query: z.strictObject({ ...scopeParameters, entity_id: entityIdWire.optional() }),
  },
  responses: {
    200: jsonAnswer("The mapping.", integrationMappingWire),
    ...problems(401, 403, 404, 409, 422, 429, 503),
  },
});

const upsertRoute = createRoute({
  method: "put",
  path: "/integrations/{name}/mappings/{organization_id}",
  operationId: "upsertMapping",
  summary: "Creates or updates an organization's mapping; needs mappings:write",
  description:
    "The integration is the one that the organization gets by this name: its own before the global one. What is left out stays as it was.",
  security,
  middleware: [confirmed, ownScope, jsonBody] as const,
  request: {
    params: byNameAndOrganization,
    body: { required: true, content: { "application/json": { schema: upsertBodyWire } } },
  },
  responses: {
    200: jsonAnswer("The mapping as it is now.", integrationMappingWire),
    ...problems(401, 403, 404, 413, 422, 429, 503),
  },
});

const deleteRoute = createRoute({
  method: "delete",
  path: "/integrations/{name}/mappings/{organization_id}",
  operationId: "deleteMapping",
  summary:
    "Deletes an organization's mapping with its overrides and its own connection; needs mappings:write",
  security,
  middleware: [confirmed, ownScope] as const,
  request: { params: byNameAndOrganization },
  responses: {
    200: jsonAnswer("Whether there was one.", z.object({ deleted: z.boolean() })),
    ...problems(401, 403, 404, 422, 429, 503),
  },
});

export function addMappingRoutes(api: OpenAPIHono<ApiEnv>, services: ApiServices): void {
  api.openapi(listRoute, async (context) => {
    const { name } = context.req.valid("param");
    const { cursor, limit } = context.req.valid("query");
    const input = {
      integrationName: name,
      after: readCursor(cursor),
      limit: limit === undefined ? PAGE_SIZE : Number(limit),
    };
    const { mappings, next, unopened } = await inWireNames(name, () =>
      listMappings(apiContext(services, context.get("caller").actor), input),
    );
    for (const error of unopened) logUnopened(services.log, error);
    const body = {
      mappings: mappings.map(mappingToWire),
      next_cursor: next === null ? null : writeCursor(next),
    };
    return context.json(body, 200);
  });

  api.openapi(getRoute, async (context) => {
    const { name } = context.req.valid("param");
    const { entity_id: entityId, ...query } = context.req.valid("query");
    const mapping = await inWireNames(name, () =>
      getMapping(apiContext(services, context.get("caller").actor), {
        name,
        scope: oneScope(query),
        entityId,
      }),
    );
    return context.json(mappingToWire(mapping), 200);
  });

  api.openapi(upsertRoute, async (context) => {
    const { name, organization_id: organizationId } = context.req.valid("param");
    const { entity_id: entityId, entity_name: entityName, config } = context.req.valid("json");
    const input = { integrationName: name, organizationId, entityId, entityName, config };
    const mapping = await inWireNames(name, () =>
      upsertMapping(apiContext(services, context.get("caller").actor), input),
    );
    return context.json(mappingToWire(mapping), 200);
  });

  api.openapi(deleteRoute, async (context) => {
    const { name, organization_id: organizationId } = context.req.valid("param");
    const deleted = await inWireNames(name, () =>
      deleteMapping(apiContext(services, context.get("caller").actor), {
        integrationName: name,
        organizationId,
      }),
    );
    return context.json({ deleted }, 200);
  });
}

const WIRE_NAMES: Record<string, string> = {
  entityId: "entity_id",
  entityName: "entity_name",
  organizationId: "organization_id",
  integrationName: "name",
};

/** The verbs speak of their own input: what is wrong is told in the wire's names, and to a developer. */
async function inWireNames<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (error.code === "integration_not_found") throw integrationNotFound(name);
    if (error.errors.length === 0) throw error;
    throw new AppError(error.code, error.message, { errors: error.errors.map(inWireName), cause: error });
  }
}

function inWireName({ path, message }: FieldError): FieldError {
  return { path: WIRE_NAMES[path] ?? path, message };
}
