import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ApiServer, seedApiKey, startApiServer } from "@/test/api-server";
import { seedOrganization, seedProvider } from "@/test/context";
import { openTestDatabase } from "@/test/database";
import { seedConnection, seedIntegration, seedMapping, seedValue } from "@/test/integrations";

interface Schema {
  $ref?: string;
  type?: string | string[];
  properties?: Record<string, Schema>;
  required?: string[];
}
interface Operation {
  operationId: string;
  parameters?: { name: string; in: "path" | "query"; schema: Schema }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
}
interface Route extends Operation {
  method: string;
  path: string;
}

let db: Awaited<ReturnType<typeof openTestDatabase>>;
let server: ApiServer;
let routes: Route[];
let components: Record<string, Schema>;
let contosoId: string;
let fabrikamId: string;
let admin: string;
let contoso: string;

/** What stands for each parameter of a path where it is not the one under test. */
let GOOD: Record<string, string>;

beforeAll(async () => {
  db = await openTestDatabase();
  server = await startApiServer(db);
  const provider = await seedProvider(db);
  contosoId = (await seedOrganization(db, "Contoso")).id;
  fabrikamId = (await seedOrganization(db, "Fabrikam")).id;
  const halo = await seedIntegration(db, { name: "HaloPSA", oauth: {} });
  await seedValue(db, halo.id, { key: "text", value: "by default" });
  await seedValue(db, halo.id, { key: "count", type: "int", value: 1 });
  await seedValue(db, halo.id, { key: "flag", type: "bool", value: true });
  await seedValue(db, halo.id, { key: "tree", type: "json", value: {} });
  await seedValue(db, halo.id, { key: "password", type: "secret", secret: "canary" });
  await seedConnection(db, halo.id, {});
  for (const id of [contosoId, fabrikamId]) await seedMapping(db, halo.id, id, { entityId: "kept" });
  await seedIntegration(db, { name: "Foreign", organizationId: fabrikamId });
  const permissions = ["credentials:read", "mappings:write", "workflows:execute"] as const;
  admin = (await seedApiKey(db, provider.id, [...permissions])).key;
  contoso = (await seedApiKey(db, contosoId, [...permissions])).key;
  GOOD = { name: "HaloPSA", organization_id: contosoId };
  const document = (await (await fetch(`${server.url}/api/v1/openapi.json`)).json()) as {
    paths: Record<string, Record<string, Operation>>;
    components: { schemas: Record<string, Schema> };
  };
  components = document.components.schemas;
  routes = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      path,
      method: method.toUpperCase(),
      ...operation,
    })),
  );
});
afterAll(async () => {
  await server.close();
  await db.close();
});

function fillPath(route: Route, changes: Record<string, string> = {}): string {
  return route.path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = changes[name] ?? GOOD[name];
    if (value === undefined) throw new Error(`Say in GOOD what stands for {${name}}.`);
    return value.includes("%") ? value : encodeURIComponent(value);
  });
}

/** A body that the route takes. */
function goodBody(route: Route): string {
  return JSON.stringify("entity_id" in (bodyOf(route)?.properties ?? {}) ? { entity_id: "kept" } : {});
}

interface Sent {
  key?: string;
  body?: string | undefined;
  type?: string;
}

async function send(route: Route, path: string, { key = admin, body, type }: Sent = {}) {
  const needsBody = route.requestBody !== undefined;
  const response = await fetch(server.url + path, {
    method: route.method,
    headers: {
      authorization: `Bearer ${key}`,
      ...(needsBody ? { "content-type": type ?? "application/json" } : {}),
    },
    ...(needsBody ? { body: body ?? "{}" } : {}),
  });
  const text = await response.text();
  expect(text).not.toMatch(/canary|node_modules|at .*\.ts/);
  const answer = JSON.parse(text) as {
    code: string;
    detail: string;
    errors?: { path: string; message: string }[];
  };
  if (!response.ok) {
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(answer.detail.length).toBeGreaterThan(10);
    expect(answer.code).not.toBe("internal_error");
  }
  return { status: response.status, ...answer };
}

/** Everything that a request could have changed. */
async function stored(): Promise<string> {
  const { rows } = await db.pool.query<{ all: string }>(`SELECT concat(
    (SELECT json_agg(m ORDER BY id) FROM "Mapping" m), (SELECT json_agg(v ORDER BY id) FROM "ConfigValue" v),
    (SELECT json_agg(f ORDER BY id) FROM "ConfigField" f), (SELECT json_agg(c ORDER BY id) FROM "Connection" c),
    (SELECT json_agg(o ORDER BY id) FROM "Organization" o), (SELECT json_agg(i ORDER BY id) FROM "Integration" i),
    (SELECT count(*) FROM "AuditEvent" WHERE action <> 'credentials.read')) AS all`);
  return rows[0]?.all ?? "";
}

async function unchanged(work: () => Promise<void>): Promise<void> {
  const before = await stored();
  await work();
  expect(await stored()).toBe(before);
}

const BAD_TEXTS = [
  "%00",
  "%",
  "%FF%FE",
  "__proto__",
  "constructor",
  "x".repeat(5_000),
  "1e400",
  "' OR 1=1 --",
  "💥",
];

function resolve(schema: Schema): Schema {
  return schema.$ref ? (components[schema.$ref.split("/").at(-1) ?? ""] ?? {}) : schema;
}

function bodyOf(route: Route): Schema | null {
  const schema = route.requestBody?.content["application/json"]?.schema;
  return schema ? resolve(schema) : null;
}

const VALUES: Record<string, unknown> = {
  null: null,
  boolean: true,
  integer: 7,
  number: 7.5,
  string: "text",
  array: ["text"],
  object: { a: 1 },
};
const takes = ({ type }: Schema, kind: string) =>
  [type].flat().some((each) => each === kind || (each === "number" && kind === "integer"));

describe("every route of the OpenAPI document", () => {
  it("is here, with what stands for its parameters", () => {
    expect(routes.length).toBeGreaterThanOrEqual(8);
    for (const route of routes) expect(fillPath(route)).not.toContain("{");
  });

  it("refuses made-up values of every parameter, and parameters that it does not have", async () => {
    await unchanged(async () => {
      for (const route of routes) {
        for (const { name, in: place } of route.parameters ?? []) {
          for (const bad of BAD_TEXTS) {
            const encoded = bad.startsWith("%") ? bad : encodeURIComponent(bad);
            const path =
              place === "path" ? fillPath(route, { [name]: bad }) : `${fillPath(route)}?${name}=${encoded}`;
            const { status } = await send(route, path, { body: goodBody(route) });
            expect({ route: route.operationId, name, bad, status }).toMatchObject({
              status: expect.toSatisfy((code: number) => code === 404 || code === 422),
            });
          }
        }
        if (route.requestBody || route.method === "DELETE") continue;
        const unknown = await send(route, `${fillPath(route)}?no_such_parameter=1`);
        expect(unknown).toMatchObject({ status: 422, errors: [{ path: "no_such_parameter" }] });
      }
    });
  });

  it("answers a managed key that names another organization 403, and what that one owns as if it were not", async () => {
    await unchanged(async () => {
      for (const route of routes) {
        const body = goodBody(route);
        for (const { name, in: place } of route.parameters ?? []) {
          if (!/^(scope|org_id|organization_id)$/.test(name)) continue;
          for (const id of [fabrikamId, "01900000-0000-7000-8000-000000000000", "global"]) {
            const path =
              place === "path" ? fillPath(route, { [name]: id }) : `${fillPath(route)}?${name}=${id}`;
            expect(await send(route, path, { key: contoso, body })).toMatchObject({
              status: 403,
              code: "scope_forbidden",
            });
          }
        }
        if (!route.path.includes("{name}")) continue;
        const foreign = await send(route, fillPath(route, { name: "Foreign" }), { key: contoso, body });
        const missing = await send(route, fillPath(route, { name: "Missing" }), { key: contoso, body });
        expect(foreign).toEqual({
          ...missing,
          status: 404,
          code: "integration_not_found",
          detail: missing.detail.replace("Missing", "Foreign"),
        });
      }
    });
  });

  it("is closed to a caller without a key", async () => {
    for (const route of routes) {
      expect(await send(route, fillPath(route), { key: "none" })).toMatchObject({ status: 401 });
    }
  });
});

describe("every body of the OpenAPI document", () => {
  it("has each of its fields refused with each wrong type, by its name", async () => {
    await unchanged(async () => {
      for (const route of routes) {
        const body = bodyOf(route);
        for (const [name, schema] of Object.entries(body?.properties ?? {})) {
          for (const [kind, value] of Object.entries(VALUES)) {
            if (takes(schema, kind)) continue;
            const good = Object.fromEntries((body?.required ?? []).map((each) => [each, "kept"]));
            const answer = await send(route, fillPath(route), {
              body: JSON.stringify({ ...good, [name]: value }),
            });
            expect({ name, kind, ...answer }).toMatchObject({ status: 422, errors: [{ path: name }] });
          }
        }
        for (const name of body?.required ?? []) {
          expect(await send(route, fillPath(route))).toMatchObject({ status: 422, errors: [{ path: name }] });
        }
      }
    });
  });

  const huge = "9".repeat(400);
  const deep = (levels: number) => `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`;
  it.each([
    ["nothing", "", ""],
    ["no JSON", "{entity_id: 1}", ""],
    ["half of a JSON", '{"entity_id": "x"', ""],
    ["an array", "[]", ""],
    ["null", "null", ""],
    ["a text", '"x"', ""],
    ["another content type", '{"entity_id": "x"}', "", "text/plain"],
    ["a form", "entity_id=x", "", "application/x-www-form-urlencoded"],
    ["a field that is not there", '{"entity_id": "kept", "entityId": "x"}', "entityId"],
    ["__proto__ as a field", '{"entity_id": "kept", "__proto__": {"a": 1}}', "__proto__"],
    ["constructor as a field", '{"entity_id": "kept", "constructor": {"a": 1}}', "constructor"],
    ["__proto__ as a key", '{"entity_id": "kept", "config": {"__proto__": 1}}', "config.__proto__"],
    ["constructor as a key", '{"entity_id": "kept", "config": {"constructor": 1}}', "config.constructor"],
    [
      "__proto__ inside",
      '{"entity_id": "kept", "config": {"tree": {"__proto__": 1}}}',
      "config.tree.__proto__",
    ],
    ["NUL in a text", '{"entity_id": "a\\u0000b"}', "entity_id"],
    ["NUL in a name", '{"entity_id": "kept", "entity_name": "a\\u0000b"}', "entity_name"],
    ["NUL in a value", '{"entity_id": "kept", "config": {"text": "a\\u0000b"}}', "config.text"],
    ["NUL in a secret", '{"entity_id": "kept", "config": {"password": "a\\u0000b"}}', "config.password"],
    ["NUL inside", '{"entity_id": "kept", "config": {"tree": ["a\\u0000b"]}}', "config.tree"],
    ["NUL in a key inside", '{"entity_id": "kept", "config": {"tree": {"a\\u0000b": 1}}}', "config.tree"],
    ["half a surrogate", '{"entity_id": "\\ud800"}', "entity_id"],
    ["a huge integer", `{"entity_id": "kept", "config": {"count": ${huge}}}`, "config.count"],
    [
      "an integer that would be rounded",
      '{"entity_id": "kept", "config": {"count": 9007199254740993}}',
      "config.count",
    ],
    ["one inside", '{"entity_id": "kept", "config": {"tree": {"a": 9007199254740993}}}', "config.tree.a"],
    ["a key twice", '{"entity_id": "other", "entity_id": "kept"}', ""],
    ["a key twice inside", '{"entity_id": "kept", "config": {"tree": {"a": 1, "\\u0061": 2}}}', ""],
    ["a number beyond all", '{"entity_id": "kept", "config": {"tree": 1e999}}', "config.tree"],
    ["a fraction", '{"entity_id": "kept", "config": {"count": 1.5}}', "config.count"],
    ["a number as text", '{"entity_id": "kept", "config": {"count": "1"}}', "config.count"],
    ["a bool as number", '{"entity_id": "kept", "config": {"flag": 1}}', "config.flag"],
    ["a text as bool", '{"entity_id": "kept", "config": {"text": true}}', "config.text"],
    ["a secret as number", '{"entity_id": "kept", "config": {"password": 1}}', "config.password"],
    ["a blank secret", '{"entity_id": "kept", "config": {"password": ""}}', "config.password"],
    ["a blank entity ID", '{"entity_id": ""}', "entity_id"],
    ["a long entity ID", `{"entity_id": "${"x".repeat(501)}"}`, "entity_id"],
    ["deep JSON", `{"entity_id": "kept", "config": {"tree": ${deep(100)}}}`, "config.tree"],
    ["very deep JSON", `{"entity_id": "kept", "config": {"tree": ${deep(100_000)}}}`, "config.tree"],
    ["a wide JSON", `{"entity_id": "kept", "config": {"tree": [${"1,".repeat(100_000)}1]}}`, ""],
    ["almost 1 MiB in a text", `{"entity_id": "${"x".repeat(1_048_000)}"}`, "entity_id"],
    [
      "almost 1 MiB in a value",
      `{"entity_id": "kept", "config": {"text": "${"x".repeat(1_048_000)}"}}`,
      "config.text",
    ],
    [
      "almost 1 MiB inside",
      `{"entity_id": "kept", "config": {"tree": "${"x".repeat(1_048_000)}"}}`,
      "config.tree",
    ],
  ])("is refused with %s, and nothing is stored", async (_, body, field, type = "application/json") => {
    await unchanged(async () => {
      for (const route of routes.filter((each) => each.operationId === "upsertMapping")) {
        const answer = await send(route, fillPath(route), { body, type });
        expect(answer).toMatchObject({ status: 422, code: "validation_failed" });
        expect(answer.errors?.some(({ path }) => path === field || path.startsWith(`${field}.`))).toBe(true);
      }
    });
  });

  it("is refused beyond 1 MiB before it is read", async () => {
    await unchanged(async () => {
      for (const route of routes.filter(({ requestBody }) => requestBody)) {
        const body = JSON.stringify({ entity_id: "x".repeat(1_048_577) });
        expect(await send(route, fillPath(route), { body })).toMatchObject({
          status: 413,
          code: "payload_too_large",
        });
      }
    });
  });
});
