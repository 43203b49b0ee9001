import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { type Client, createClient } from "./index.ts";

let server: Server | undefined;
const asked: string[] = [];

/** A client of a server that gives the answers in turn, the last one for ever. */
async function clientOf(
  ...answers: { status: number; body: unknown; retryAfter?: string }[]
): Promise<Client> {
  asked.length = 0;
  server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += String(chunk);
    asked.push(`${request.method} ${request.url} ${body}`.trim());
    const answer = answers[Math.min(asked.length, answers.length) - 1];
    response.writeHead(answer?.status ?? 500, answer?.retryAfter ? { "retry-after": answer.retryAfter } : {});
    response.end(JSON.stringify(answer?.body));
  });
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  return createClient({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, apiKey: "k" });
}
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

const mapping = { id: "1", organization_id: "org", entity_id: "e", config: { a: 1 }, oauth_token_id: null };
const problem = (status: number, code: string, retryAfter?: string) => ({
  status,
  body: { code, detail: "What to do.", status },
  ...(retryAfter === undefined ? {} : { retryAfter }),
});

describe("mappings", () => {
  it("are listed through all pages, also after a passing failure", async () => {
    const { integrations } = await clientOf(
      { status: 200, body: { mappings: [mapping], next_cursor: "c/1" } },
      problem(503, "service_unavailable", "0"),
      { status: 200, body: { mappings: [{ ...mapping, id: "2" }], next_cursor: null } },
    );
    expect(
      (await integrations.listMappings("a b"))?.map(({ id, organizationId }) => [id, organizationId]),
    ).toEqual([
      ["1", "org"],
      ["2", "org"],
    ]);
    expect(asked).toEqual([
      "GET /api/v1/integrations/a%20b/mappings",
      "GET /api/v1/integrations/a%20b/mappings?cursor=c%2F1",
      "GET /api/v1/integrations/a%20b/mappings?cursor=c%2F1",
    ]);
  });

  it("are null where integration or mapping is missing, an error for everything else", async () => {
    const { integrations } = await clientOf(
      problem(404, "integration_not_found"),
      problem(404, "integration_not_found"),
      problem(404, "mapping_not_found"),
      problem(404, "organization_not_found"),
      problem(409, "ambiguous_mapping"),
    );
    expect(await integrations.listMappings("x")).toBeNull();
    expect(await integrations.getMapping("x")).toBeNull();
    expect(await integrations.getMapping("x", { scope: "org", entityId: "a&b" })).toBeNull();
    expect(asked.at(-1)).toBe("GET /api/v1/integrations/x/mapping?scope=org&entity_id=a%26b");
    await expect(integrations.getMapping("x")).rejects.toMatchObject({ code: "organization_not_found" });
    await expect(integrations.getMapping("x")).rejects.toMatchObject({
      code: "ambiguous_mapping",
      status: 409,
    });
  });

  it("are written in the wire's names, leaving out what is not passed", async () => {
    const { integrations } = await clientOf({ status: 200, body: mapping });
    await integrations.upsertMapping("x", { scope: "org", entityId: "e" });
    const written = await integrations.upsertMapping("x", {
      scope: "org",
      entityId: "e",
      entityName: null,
      config: { a: null },
    });
    expect(asked).toEqual([
      'PUT /api/v1/integrations/x/mappings/org {"entity_id":"e"}',
      'PUT /api/v1/integrations/x/mappings/org {"entity_id":"e","entity_name":null,"config":{"a":null}}',
    ]);
    expect(written).toMatchObject({
      organizationId: "org",
      entityId: "e",
      oauthTokenId: null,
      config: { a: 1 },
    });
  });

  it.each([
    [problem(503, "service_unavailable", "0")],
    [problem(429, "rate_limited", "0")],
    [problem(404, "integration_not_found")],
  ])("are written once: %j is an error", async (answer) => {
    const { integrations } = await clientOf(answer);
    const code = answer.body.code;
    await expect(integrations.upsertMapping("x", { scope: "o", entityId: "e" })).rejects.toMatchObject({
      code,
    });
    await expect(integrations.deleteMapping("x", { scope: "o" })).rejects.toMatchObject({ code });
    expect(asked).toHaveLength(2);
  });

  it("are deleted with the word whether there was one", async () => {
    const { integrations } = await clientOf(
      { status: 200, body: { deleted: true } },
      { status: 200, body: { deleted: false } },
    );
    expect(await integrations.deleteMapping("x", { scope: "org" })).toBe(true);
    expect(await integrations.deleteMapping("x", { scope: "org" })).toBe(false);
  });

  it("are not touched for a scope or entity ID that is missing", async () => {
    const { integrations } = await clientOf({ status: 200, body: mapping });
    const nobody = undefined as unknown as string;
    await expect(integrations.upsertMapping("x", { scope: nobody, entityId: "e" })).rejects.toThrow(/scope/);
    await expect(integrations.upsertMapping("x", { scope: "", entityId: "e" })).rejects.toThrow(/scope/);
    await expect(integrations.upsertMapping("x", { scope: "o", entityId: "" })).rejects.toThrow(/entityId/);
    await expect(integrations.deleteMapping("x", { scope: nobody })).rejects.toThrow(/scope/);
    await expect(integrations.getMapping("x", { entityId: "" })).rejects.toThrow(/entityId/);
    await expect(integrations.getMapping("x", { scope: "a", orgId: "b" })).rejects.toThrow(/different/);
    expect(asked).toEqual([]);
  });
});

describe("organizations", () => {
  it("are listed through all pages", async () => {
    const organization = { id: "1", name: "Contoso", kind: "managed", is_active: true };
    const { organizations } = await clientOf(
      { status: 200, body: { organizations: [organization], next_cursor: "c" } },
      { status: 200, body: { organizations: [{ ...organization, id: "2" }], next_cursor: null } },
    );
    expect(await organizations.list()).toEqual([
      { id: "1", name: "Contoso", kind: "managed", isActive: true },
      { id: "2", name: "Contoso", kind: "managed", isActive: true },
    ]);
  });
});
