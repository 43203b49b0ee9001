import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { ApiDocument } from "@/lib/api-document";
import type { UserActor } from "@/lib/auth/actor";
import { type ApiServer, seedApiKey, sendRaw, startApiServer } from "@/test/api-server";
import { connectIntegration } from "@/test/connected-integration";
import { seedProvider, seedUser } from "@/test/context";
import { openTestDatabase } from "@/test/database";
import { type FaultyService, startFaultyService } from "@/test/oauth-service/faulty-service";
import { rotateTokens } from "@/test/rotating-service";

let db: Awaited<ReturnType<typeof openTestDatabase>>;
let server: ApiServer;
let service: FaultyService;
let admin: UserActor;
let path: string;
let authorization: string;

beforeAll(async () => {
  db = await openTestDatabase();
  server = await startApiServer(db);
  admin = await seedUser(db, "platform_admin");
  authorization = `Bearer ${(await seedApiKey(db, (await seedProvider(db)).id)).key}`;
});
beforeEach(async () => {
  service = await startFaultyService();
  rotateTokens(service);
  const { name } = await connectIntegration(db, admin, service, {});
  path = `/api/v1/integrations/${name}/oauth/refresh?scope=global`;
  return () => service.close();
});
afterAll(async () => {
  await server.close();
  await db.close();
});

async function post(body: string | undefined, type: string | undefined) {
  const headers = { authorization, ...(type === undefined ? {} : { "content-type": type }) };
  const bytes = body === undefined ? null : new TextEncoder().encode(body);
  const response = await fetch(server.url + path, { method: "POST", headers, body: bytes });
  const { version, code } = (await response.json()) as { version?: number; code?: string };
  return { status: response.status, version, code };
}

describe("POST oauth/refresh", () => {
  it.each([
    ["no body at all", undefined, undefined],
    ["no body, but the type of one", undefined, "application/json"],
    ["an empty object", "{}", "application/json"],
  ])("takes %s", async (_title, body, type) => {
    expect(await post(body, type)).toMatchObject({ status: 200 });
  });

  it("takes a request that has no length either", async () => {
    const head = `POST ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n`;
    const answer = await sendRaw(server.url, `${head}authorization: ${authorization}\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1.1 200 /);
  });

  it.each([
    ["a body without a type", "{}", undefined],
    ["another type", "{}", "text/plain"],
    ["another type without a body", undefined, "text/plain"],
    ["a type that only ends in JSON", "{}", "application/vnd.api+json"],
    ["no object", "[]", "application/json"],
    ["a wrong field", '{"if_version": "x"}', "application/json"],
  ])("refuses %s", async (_title, body, type) => {
    expect(await post(body, type)).toMatchObject({ status: 422, code: "validation_failed" });
  });

  it("tells in the OpenAPI document what its own errors mean, and that no body is needed", async () => {
    const document = (await (await fetch(`${server.url}/api/v1/openapi.json`)).json()) as ApiDocument;
    const operation = document.paths["/api/v1/integrations/{name}/oauth/refresh"]?.["post"];
    const { 409: conflict, 503: unavailable } = operation?.responses ?? {};
    for (const code of ["not_connected", "reconnect_required", "connection_changed"])
      expect(conflict?.description).toContain(code);
    expect(conflict?.description).not.toContain("Several things");
    expect(unavailable?.description).toContain("a refresh is under way");
    expect(operation?.requestBody).not.toMatchObject({ required: true });
  });
});
