import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { uuidv7 } from "@/lib/db/id";
import { type ApiServer, startApiServer } from "@/test/api-server";
import { openTestDatabase } from "@/test/database";
import { CANARY, seedTenantWorld, storedOf, type TenantWorld } from "@/test/tenant-world";

/** A call that the managed key may make, with the names of its path and query filled in. */
interface OwnCall {
  parameters: Record<string, string>;
  body?: Record<string, unknown>;
  /** 200 unless said. */
  status?: number;
}

/**
 * One entry for each route of the API, as its OpenAPI document has them: a call of the tenant's own, into which the other
 * tenant's values are then put, place by place. A new route without an entry fails the first test below.
 */
const OWN_CALLS: Record<string, (world: TenantWorld) => OwnCall> = {
  "get /integrations": () => ({ parameters: {} }),
  "get /organizations": () => ({ parameters: {} }),
  "get /connections": () => ({ parameters: {} }),
  "get /integrations/{name}": ({ own }) => ({ parameters: { name: "Microsoft_Graph", scope: own.id } }),
  "post /integrations/{name}/oauth/refresh": ({ own }) => ({
    parameters: { name: "Microsoft_Graph", scope: own.id },
    body: { if_version: 0 },
    // It borrows the default connection, which serves others too.
    status: 403,
  }),
  "get /integrations/{name}/mappings": () => ({ parameters: { name: "Microsoft_Graph" } }),
  "get /integrations/{name}/mapping": ({ own }) => ({
    parameters: { name: "Microsoft_Graph", scope: own.id },
  }),
  "put /integrations/{name}/mappings/{organization_id}": ({ own }) => ({
    parameters: { name: "Microsoft_Graph", organization_id: own.id },
    body: { entity_id: "contoso-entity", entity_name: "Contoso" },
  }),
  "delete /integrations/{name}/mappings/{organization_id}": ({ own }) => ({
    parameters: { name: "Microsoft_Graph", organization_id: own.id },
    // The provider has said there whose token it is.
    status: 403,
  }),
};

/** Places where no id of anybody's can stand. */
const HARMLESS = new Set(["limit", "status", "config", "entity_name", "input", "wait", "if_version"]);

interface Schema {
  properties?: Record<string, unknown>;
  $ref?: string;
}
interface Operation {
  parameters?: { name: string; in: "path" | "query" }[];
  requestBody?: { content: { "application/json"?: { schema?: Schema } } };
}
interface OpenApi {
  paths: Record<string, Record<string, Operation>>;
  components?: { schemas?: Record<string, Schema> };
}

let db: Awaited<ReturnType<typeof openTestDatabase>>;
let server: ApiServer;
let world: TenantWorld;
let routes: { key: string; method: string; path: string; places: string[] }[] = [];

beforeAll(async () => {
  db = await openTestDatabase();
  server = await startApiServer(db);
  world = await seedTenantWorld(db);
  const document = (await (await fetch(`${server.url}/api/v1/openapi.json`)).json()) as OpenApi;
  routes = Object.entries(document.paths).flatMap(([fullPath, methods]) => {
    const path = fullPath.replace(/^\/api\/v1/, "");
    return Object.entries(methods).map(([method, operation]) => ({
      key: `${method} ${path}`,
      method,
      path,
      places: placesOf(operation, document),
    }));
  });
});
afterAll(async () => {
  await server.close();
  await db.close();
});
beforeEach(async () => {
  // A delete may have taken it.
  const where = { integrationId: world.globalId, organizationId: world.own.id };
  await db.prisma.mapping.upsert({
    where: { integrationId_organizationId: where },
    create: { ...where, entityId: "contoso-entity" },
    update: {},
  });
});

function placesOf({ parameters = [], requestBody }: Operation, { components }: OpenApi): string[] {
  let schema = requestBody?.content["application/json"]?.schema;
  const name = schema?.$ref?.split("/").at(-1);
  if (name) schema = components?.schemas?.[name];
  return [
    ...parameters.map((parameter) => `${parameter.in}.${parameter.name}`),
    ...Object.keys(schema?.properties ?? {}).map((property) => `body.${property}`),
  ];
}

/** What of the other tenant can stand in a place, and what the answer must be. */
function attacks(name: string): { value: string; code: string | null }[] | null {
  const { foreign, providerId } = world;
  const organizations = [foreign.organizationId, providerId, uuidv7()];
  if (name === "scope" || name === "org_id") {
    return [...organizations, "global"].map((value) => ({ value, code: "scope_forbidden" }));
  }
  if (name === "organization_id") return organizations.map((value) => ({ value, code: "scope_forbidden" }));
  if (name === "name") return [{ value: `${CANARY}-integration`, code: "integration_not_found" }];
  if (name === "entity_id") return [{ value: `${CANARY}-entity`, code: null }];
  if (name === "connection_id") return [{ value: foreign.connectionId, code: null }];
  if (name === "id") return [{ value: foreign.mappingId, code: null }];
  if (name === "cursor") {
    const ids = [foreign.integrationId, foreign.mappingId, foreign.connectionId, providerId];
    return ids.map((id) => ({ value: Buffer.from(id, "latin1").toString("base64url"), code: null }));
  }
  return HARMLESS.has(name) ? [] : null;
}

async function call(method: string, path: string, { parameters, body }: OwnCall) {
  const rest = new Map(Object.entries(parameters));
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = rest.get(name) ?? "";
    rest.delete(name);
    return encodeURIComponent(value);
  });
  const response = await fetch(`${server.url}/api/v1${filled}?${new URLSearchParams([...rest])}`, {
    method: method.toUpperCase(),
    headers: {
      authorization: `Bearer ${world.own.key}`,
      ...(body ? { "content-type": "application/json" } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const text = await response.text();
  return { status: response.status, text, code: (JSON.parse(text) as { code?: string }).code };
}

describe("the walls between tenants, over the API", () => {
  it("are tried on every route of the OpenAPI document and at every place of it", () => {
    expect(routes.length).toBeGreaterThan(3);
    expect(routes.map(({ key }) => key).filter((key) => !(key in OWN_CALLS))).toEqual([]);
    const unknown = routes.flatMap(({ key, places }) =>
      places.filter((place) => attacks(place.split(".")[1] ?? "") === null).map((place) => `${key} ${place}`),
    );
    expect(unknown).toEqual([]);
  });

  it("let nothing of another tenant through, change nothing of theirs, and let one's own pass", async () => {
    for (const { key, method, path, places } of routes) {
      const own = OWN_CALLS[key]?.(world);
      if (!own) continue;
      for (const place of places) {
        const [where, name = ""] = place.split(".");
        for (const { value, code } of attacks(name) ?? []) {
          const attempt =
            where === "body"
              ? { ...own, body: { ...own.body, [name]: value } }
              : { ...own, parameters: { ...own.parameters, [name]: value } };
          // The two names of one thing would disagree before anybody is judged.
          if (name === "org_id") delete attempt.parameters["scope"];
          const before = await storedOf(db, world);
          const answer = await call(method, path, attempt);
          const told = `${key} with ${place}=${value} answered ${answer.status} ${answer.text}`;
          // An error may repeat what was asked for, and nothing else of it.
          expect(answer.text.replaceAll(value, ""), told).not.toContain(CANARY);
          expect(await storedOf(db, world), told).toBe(before);
          expect(code === null || answer.code === code, told).toBe(true);
        }
      }
      const answer = await call(method, path, own);
      expect(answer.status, `${key} ${answer.text}`).toBe(own.status ?? 200);
      expect(answer.text).not.toContain(CANARY);
    }
  });
});
