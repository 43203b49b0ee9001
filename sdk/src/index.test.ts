import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import { type BifrostError, createClient, integrations } from "./index.ts";

interface Scripted {
  status: number;
  headers?: Record<string, string>;
  body?: string;
}

/** A port below those that a test's own servers get: what was free once may be taken by the next test. */
const NOBODY_LISTENS = "http://127.0.0.1:2";

let server: Server | undefined;
const asked: { url: string; authorization: string | undefined }[] = [];

/** A server that gives the answers in turn, the last one for ever. */
async function serve(...answers: Scripted[]): Promise<string> {
  asked.length = 0;
  server = createServer((request, response) => {
    asked.push({ url: request.url ?? "", authorization: request.headers.authorization });
    const {
      status,
      headers = {},
      body = "",
    } = answers[Math.min(asked.length, answers.length) - 1] ?? { status: 500 };
    response.writeHead(status, headers).end(body);
  });
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  vi.unstubAllEnvs();
});

const problem = (status: number, code: string, headers = {}): Scripted => ({
  status,
  headers: { "content-type": "application/problem+json", ...headers },
  body: JSON.stringify({ type: "x", title: "x", status, detail: "What to do.", code }),
});
const found: Scripted = {
  status: 200,
  body: JSON.stringify({
    integration_id: "1",
    name: "Graph",
    config: {},
    config_sources: {},
    api_hosts: [],
    oauth: null,
  }),
};
const failure = (work: Promise<unknown>) =>
  work.then(
    () => expect.fail("it passed"),
    (error: BifrostError) => error,
  );

describe("integrations.get", () => {
  it("sends the key, the name as one component, and the scope", async () => {
    const url = await serve(found);
    const client = createClient({ url: `${url}/`, apiKey: "bfr_key" });
    await client.integrations.get("a/b c", { scope: "global" });
    await client.integrations.get("a", { orgId: "org", scope: "org" });
    expect(asked).toEqual([
      { url: "/api/v1/integrations/a%2Fb%20c?scope=global", authorization: "Bearer bfr_key" },
      { url: "/api/v1/integrations/a?scope=org", authorization: "Bearer bfr_key" },
    ]);
  });

  it("is null for a missing integration, and an error for a missing organization", async () => {
    const url = await serve(problem(404, "integration_not_found"), problem(404, "organization_not_found"));
    const client = createClient({ url, apiKey: "k" });
    expect(await client.integrations.get("x")).toBeNull();
    expect(await failure(client.integrations.get("x"))).toMatchObject({
      code: "organization_not_found",
      status: 404,
    });
  });

  it.each([
    { scope: "a", orgId: "b" },
    { scope: "" },
    { orgId: null as unknown as string },
    { scope: 7 as unknown as string },
  ])("refuses %j before anything is sent", async (options) => {
    const url = await serve(found);
    const error = await failure(createClient({ url, apiKey: "k" }).integrations.get("x", options));
    expect(error).toMatchObject({ name: "BifrostError", code: "validation_failed" });
    expect(asked).toEqual([]);
  });

  it.each([problem(503, "service_unavailable"), problem(429, "rate_limited", { "retry-after": "0" })])(
    "tries again after %j",
    async (passing) => {
      const url = await serve(passing, passing, found);
      expect(await createClient({ url, apiKey: "k" }).integrations.get("x")).toMatchObject({ name: "Graph" });
      expect(asked).toHaveLength(3);
    },
  );

  it("gives up at once where it would have to wait long, and says how long", async () => {
    const url = await serve(problem(429, "rate_limited", { "retry-after": "3600" }));
    expect(await failure(createClient({ url, apiKey: "k" }).integrations.get("x"))).toMatchObject({
      code: "rate_limited",
      status: 429,
      retryAfter: 3_600,
    });
    expect(asked).toHaveLength(1);
  });

  it("never takes the key along to where a server redirects", async () => {
    const url = await serve({ status: 307, headers: { location: "https://elsewhere.example/x" } });
    const error = await failure(createClient({ url, apiKey: "k" }).integrations.get("x"));
    expect(error).toMatchObject({
      code: "unexpected_answer",
      message: expect.stringContaining("https://elsewhere.example"),
    });
  });

  it.each([{ status: 200, body: "<html>" }, { status: 404, body: "<html>" }, { status: 500 }])(
    "says that %j is no answer of Bifrost's",
    async (strange) => {
      const url = await serve(strange);
      const error = await failure(createClient({ url, apiKey: "k" }).integrations.get("x"));
      expect(error).toMatchObject({ code: "unexpected_answer", status: strange.status });
    },
  );

  it("tries again while nobody listens, then says so", async () => {
    const error = await failure(createClient({ url: NOBODY_LISTENS, apiKey: "k" }).integrations.get("x"));
    expect(error).toMatchObject({
      code: "connection_failed",
      message: expect.stringContaining("ECONNREFUSED"),
    });
  });
});

describe("integrations.require", () => {
  const oauth = {
    access_token: null,
    status: "not_connected",
    error: { code: "not_connected", message: "Nobody has connected." },
  };

  it("names the screen that mends a missing token, and the one that creates", async () => {
    const answer = { ...(JSON.parse(found.body ?? "") as object), oauth };
    const url = await serve(
      { status: 200, body: JSON.stringify(answer) },
      problem(404, "integration_not_found"),
    );
    const client = createClient({ url, apiKey: "k" });
    const noToken = await failure(client.integrations.require("Graph"));
    expect(noToken).toMatchObject({ code: "not_connected", status: 409 });
    expect(noToken.message).toContain(`${url}/settings/integrations/1`);
    const missing = await failure(client.integrations.require("Graph"));
    expect(missing).toMatchObject({ code: "integration_not_found", status: 404 });
    expect(missing.message).toContain(`${url}/settings/integrations`);
  });
});

describe("settings", () => {
  it("are read from the environment at the first call, with an error that says what to set", async () => {
    vi.stubEnv("BIFROST_URL", "");
    expect(await failure(integrations.get("x"))).toMatchObject({
      code: "not_configured",
      message: expect.stringContaining("BIFROST_URL"),
    });
    const url = await serve(found);
    vi.stubEnv("BIFROST_URL", url);
    vi.stubEnv("BIFROST_API_KEY", "");
    expect((await failure(integrations.get("x"))).message).toContain("BIFROST_API_KEY");
    vi.stubEnv("BIFROST_API_KEY", "bfr_env");
    expect(await integrations.get("x")).toMatchObject({ integrationId: "1" });
    expect(asked[0]?.authorization).toBe("Bearer bfr_env");
  });

  it.each(["nonsense", "ftp://x", "https://user:secret@host"])("refuse %j", (url) => {
    expect(() => createClient({ url, apiKey: "k" })).toThrow(/BIFROST_URL/);
    expect(() => createClient({ url, apiKey: "k" })).not.toThrow(/secret/);
  });
});
