import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { uuidv7 } from "@/lib/db/id";
import { type ApiServer, seedApiKey, sendRaw, startApiServer } from "@/test/api-server";
import { seedOrganization, seedProvider } from "@/test/context";
import { openTestDatabase } from "@/test/database";
import { seedConnection, seedIntegration } from "@/test/integrations";

let db: Awaited<ReturnType<typeof openTestDatabase>>;
let server: ApiServer;
let providerId: string;
let contosoId: string;
let providerKey: string;

beforeAll(async () => {
  db = await openTestDatabase();
  server = await startApiServer(db);
  providerId = (await seedProvider(db)).id;
  contosoId = (await seedOrganization(db, "Contoso")).id;
  providerKey = (await seedApiKey(db, providerId)).key;
  const graph = await seedIntegration(db, {
    name: "Microsoft_Graph",
    defaultEntityId: "common",
    apiHosts: ["graph.example.com"],
    oauth: {},
  });
  await seedConnection(db, graph.id, { accessToken: "canary-access", refreshToken: "canary-refresh" });
});
afterAll(async () => {
  await server.close();
  await db.close();
});

function call(path: string, key: string | null = providerKey, init: RequestInit = {}) {
  const headers = new Headers(init.headers);
  if (key !== null) headers.set("authorization", `Bearer ${key}`);
  return fetch(`${server.url}/api/v1${path}`, { ...init, headers });
}

async function problemOf(response: Response) {
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  const problem = (await response.json()) as Record<string, unknown> & {
    status: number;
    code: string;
    detail: string;
  };
  expect(problem).toMatchObject({
    type: expect.any(String),
    title: expect.any(String),
    status: response.status,
  });
  expect(problem.detail.length).toBeGreaterThan(10);
  return problem;
}

describe("GET /integrations/{name}", () => {
  it("answers IntegrationData in the contract's names, and nothing else", async () => {
    const response = await call("/integrations/Microsoft_Graph");
    expect(response.status).toBe(200);
    expect(response.headers.get("cache-control")).toBe("no-store");
    const body = (await response.json()) as { oauth: object };
    expect(Object.keys(body).sort()).toEqual(
      "api_hosts config config_sources entity_id entity_name integration_id name oauth organization_id".split(
        " ",
      ),
    );
    expect(Object.keys(body.oauth).sort()).toEqual(
      "access_token account authorization_url client_id client_secret connection_id connection_name entity_id error expires_at extra refresh_token scopes source status token_type token_url version".split(
        " ",
      ),
    );
    expect(body).toMatchObject({
      organization_id: providerId,
      entity_id: "common",
      oauth: {
        access_token: "canary-access",
        client_secret: "client-secret",
        source: "default",
        expires_at: expect.stringMatching(/Z$/),
      },
    });
  });

  it("takes org_id for scope, and refuses the two when they disagree", async () => {
    const alias = await call(`/integrations/Microsoft_Graph?org_id=${contosoId}`);
    expect(await alias.json()).toMatchObject({ organization_id: contosoId });
    const both = await call(`/integrations/Microsoft_Graph?scope=${contosoId}&org_id=${contosoId}`);
    expect(both.status).toBe(200);
    const apart = await call(`/integrations/Microsoft_Graph?scope=global&org_id=${contosoId}`);
    expect(await problemOf(apart)).toMatchObject({ code: "validation_failed", errors: [{ path: "org_id" }] });
  });

  it.each(["?orgId=x", "?scope=global&scope=x", "?scope=", "?scope=org-123", `?scope=${"x".repeat(200)}`])(
    "refuses %s instead of taking it for the key's own organization",
    async (query) => {
      const response = await call(`/integrations/Microsoft_Graph${query}`);
      expect(response.status).toBe(422);
      const problem = await problemOf(response);
      expect(problem["errors"]).toEqual([
        { path: expect.stringMatching(/scope|orgId/), message: expect.any(String) },
      ]);
    },
  );

  it("answers 404 for an unknown integration and an unknown organization, each with its code", async () => {
    expect(await problemOf(await call("/integrations/Nothing"))).toMatchObject({
      code: "integration_not_found",
      status: 404,
    });
    const nobody = await call(`/integrations/Microsoft_Graph?scope=${uuidv7()}`);
    expect(await problemOf(nobody)).toMatchObject({ code: "organization_not_found", status: 404 });
    expect(await problemOf(await call("/integrations/%00"))).toMatchObject({ code: "integration_not_found" });
    expect(await problemOf(await call("/integrations/%E0%A4%A"))).toMatchObject({
      code: "integration_not_found",
    });
  });

  it("answers 403 scope_forbidden to a managed key for any organization but its own, existing or not", async () => {
    const { key } = await seedApiKey(db, contosoId);
    for (const scope of [providerId, uuidv7(), "global", "org-123"]) {
      const response = await call(`/integrations/Microsoft_Graph?scope=${scope}`, key);
      expect(await problemOf(response)).toMatchObject({ code: "scope_forbidden", status: 403 });
    }
    expect((await call(`/integrations/Microsoft_Graph?scope=${contosoId}`, key)).status).toBe(200);
  });

  it.each([
    [["integrations:read"], 200, false],
    [["credentials:read"], 200, true],
    [["integrations:read", "credentials:read"], 200, true],
    [["mappings:write", "workflows:execute"], 403, false],
  ] as const)("with %j answers %i, secrets: %s", async (permissions, status, hasSecrets) => {
    const { key } = await seedApiKey(db, providerId, [...permissions]);
    const response = await call("/integrations/Microsoft_Graph", key);
    expect(response.status).toBe(status);
    const text = await response.text();
    expect(/canary|client-secret/.test(text)).toBe(hasSecrets);
    for (const list of ["/integrations", "/organizations", "/connections"]) {
      const page = await call(list, key);
      expect(page.status).toBe(status);
      expect(await page.text()).not.toMatch(/canary|client-secret/);
    }
  });
});

describe("API keys", () => {
  it.each([
    [null, /Authorization: Bearer/],
    ["nonsense", /begins with bfr_/],
    [`bfr_${"x".repeat(43)}`, /unknown/],
  ])("refuses %j and says what to send", async (key, words) => {
    const response = await call("/integrations/Microsoft_Graph", key);
    expect(response.status).toBe(401);
    expect(response.headers.get("www-authenticate")).toMatch(/^Bearer/);
    expect((await problemOf(response)).detail).toMatch(words);
  });

  it.each([
    ["revoked", (id: string) => db.prisma.apiKey.update({ where: { id }, data: { revokedAt: new Date() } })],
    ["expired", (id: string) => db.prisma.apiKey.update({ where: { id }, data: { expiresAt: new Date() } })],
    [
      "deactivated",
      (_: string, owner: string) =>
        db.prisma.organization.update({ where: { id: owner }, data: { isActive: false } }),
    ],
  ])("ends a key at once when it is %s, on every route and for every kind of answer", async (word, end) => {
    const owner = await seedOrganization(db);
    const { id, key } = await seedApiKey(db, owner.id);
    expect((await call("/integrations/Microsoft_Graph", key)).status).toBe(200);
    await end(id, owner.id);
    const paths = [
      "/integrations/Microsoft_Graph",
      "/integrations/Nothing",
      "/integrations/x?scope=global",
      "/integrations",
      "/organizations",
      "/connections",
    ];
    for (const path of paths) {
      const response = await call(path, key);
      expect(response.status).toBe(401);
      expect((await problemOf(response)).detail).toContain(word);
    }
  });

  it("notes when a key was used, once an hour", async () => {
    const { id, key } = await seedApiKey(db, providerId);
    await call("/integrations", key);
    const first = await db.prisma.apiKey.findUniqueOrThrow({ where: { id } });
    expect(first.lastUsedAt).not.toBeNull();
    await call("/integrations/Microsoft_Graph", key);
    const second = await db.prisma.apiKey.findUniqueOrThrow({ where: { id } });
    expect(second.lastUsedAt).toEqual(first.lastUsedAt);
  });

  it("answers 429 with Retry-After beyond the rate of one key, and lets others pass", async () => {
    const slow = await startApiServer(db, { apiRateLimitPerSecond: 1 });
    try {
      const ask = (key: string) =>
        fetch(`${slow.url}/api/v1/organizations`, { headers: { authorization: `Bearer ${key}` } });
      const answers = await Promise.all(Array.from({ length: 8 }, () => ask(providerKey)));
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 429]));
      const refused = answers.find(({ status }) => status === 429) ?? Response.error();
      expect(refused.headers.get("retry-after")).toBe("1");
      expect(await problemOf(refused)).toMatchObject({ code: "rate_limited" });
      expect((await ask((await seedApiKey(db, providerId)).key)).status).toBe(200);
    } finally {
      await slow.close();
    }
  });
});

describe("lists", () => {
  it("page through everything once, and refuse a made-up cursor", async () => {
    await db.prisma.organization.createMany({
      data: Array.from({ length: 130 }, (_, index) => ({ name: `Paged ${index}` })),
    });
    const seen: string[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const response = await call(`/organizations${cursor === "" ? "" : `?cursor=${cursor}`}`);
      const page = (await response.json()) as { organizations: { id: string }[]; next_cursor: string | null };
      seen.push(...page.organizations.map(({ id }) => id));
      cursor = page.next_cursor;
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.length).toBe(await db.prisma.organization.count());
    for (const bad of [
      "x",
      "",
      Buffer.from("' OR 1=1 --").toString("base64url"),
      `${Buffer.from(providerId).toString("base64url")}=`,
    ]) {
      expect(await problemOf(await call(`/organizations?cursor=${bad}`))).toMatchObject({
        code: "validation_failed",
      });
    }
  });

  it("show a managed key its own organization, its own connections, and what it may ask for by name", async () => {
    const other = await seedOrganization(db);
    await seedIntegration(db, { name: "Foreign", organizationId: other.id });
    await seedIntegration(db, { name: "Own", organizationId: contosoId });
    const { key } = await seedApiKey(db, contosoId, ["integrations:read"]);
    const organizations = (await (await call("/organizations", key)).json()) as {
      organizations: { id: string }[];
    };
    expect(organizations.organizations.map(({ id }) => id)).toEqual([contosoId]);
    const { integrations } = (await (await call("/integrations", key)).json()) as {
      integrations: { name: string }[];
    };
    expect(integrations.map(({ name }) => name)).toEqual(["Microsoft_Graph", "Own"]);
    expect(await (await call("/connections", key)).json()).toEqual({ connections: [], next_cursor: null });
    const active = (await (await call("/connections?status=active")).json()) as { connections: object[] };
    expect(active.connections).toMatchObject([
      { integration_name: "Microsoft_Graph", organization_id: null, status: "active" },
    ]);
    expect((await call("/connections?status=fine")).status).toBe(422);
  });
});

describe("a limited key", () => {
  it("lists only what it may ask for", async () => {
    const allowed = await seedIntegration(db, { name: "Allowed" });
    const { id, key } = await seedApiKey(db, providerId);
    await db.prisma.apiKey.update({
      where: { id },
      data: { limitsIntegrations: true, limitsOrganizations: true },
    });
    await db.prisma.apiKeyIntegration.create({ data: { apiKeyId: id, integrationId: allowed.id } });
    await db.prisma.apiKeyOrganization.create({ data: { apiKeyId: id, organizationId: contosoId } });
    expect(await (await call("/integrations", key)).json()).toMatchObject({
      integrations: [{ name: "Allowed" }],
    });
    expect(await (await call("/organizations", key)).json()).toMatchObject({
      organizations: [{ id: contosoId }],
    });
    expect(await (await call("/connections", key)).json()).toMatchObject({ connections: [] });
  });
});

describe("the API around its routes", () => {
  it("answers problem+json to what it does not know, and never leaves it to the screens", async () => {
    for (const [path, init] of [
      ["/nothing", {}],
      ["/integrations/x/y", {}],
      ["/integrations", { method: "DELETE" }],
      ["", {}],
    ] as const) {
      expect(await problemOf(await call(path, providerKey, init))).toMatchObject({
        code: "route_not_found",
        status: 404,
      });
    }
  });

  it("refuses a body beyond 1 MiB, and one that does not say its length, before reading it", async () => {
    const large = await call("/integrations", providerKey, { method: "POST", body: "x".repeat(1_048_577) });
    expect(await problemOf(large)).toMatchObject({ code: "payload_too_large", status: 413 });
    const endless =
      "POST /api/v1/integrations HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\nconnection: close\r\n";
    const answer = await sendRaw(
      server.url,
      `${endless}authorization: Bearer ${providerKey}\r\n\r\n5\r\nhello\r\n0\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1.1 413 [^]*"code":"payload_too_large"/);
  });

  it("describes itself in OpenAPI 3.1 without a key, each route with its errors", async () => {
    const response = await call("/openapi.json", null);
    const document = (await response.json()) as {
      openapi: string;
      paths: Record<string, { get: { responses: object } }>;
    };
    expect(document.openapi).toBe("3.1.0");
    expect(Object.keys(document.paths).sort()).toEqual([
      "/api/v1/connections",
      "/api/v1/integrations",
      "/api/v1/integrations/{name}",
      "/api/v1/integrations/{name}/mapping",
      "/api/v1/integrations/{name}/mappings",
      "/api/v1/integrations/{name}/mappings/{organization_id}",
      "/api/v1/integrations/{name}/oauth/refresh",
      "/api/v1/organizations",
    ]);
    expect(Object.keys(document.paths["/api/v1/integrations/{name}"]?.get.responses ?? {})).toEqual(
      "200 401 403 404 422 429 503".split(" "),
    );
  });

  it("names the record that cannot be opened and keeps serving the rest", async () => {
    await seedIntegration(db, { name: "Lost", oauth: { sealWith: "unknown" } });
    const response = await call("/integrations/Lost");
    expect(response.status).toBe(503);
    expect((await problemOf(response)).detail).toMatch(
      /OAuthClient .* clientSecret: the key "lost" is not in BIFROST_ENCRYPTION_KEYS/,
    );
    expect((await call("/integrations/Microsoft_Graph")).status).toBe(200);
  });

  it("logs no key and no token", () => {
    expect(server.logged.join("")).not.toMatch(/canary|client-secret|bfr_[A-Za-z0-9_-]{20}/);
  });
});
