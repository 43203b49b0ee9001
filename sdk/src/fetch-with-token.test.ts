import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { fetchWithToken, isReplayable, type TokenTarget } from "./fetch-with-token.ts";

interface Seen {
  host: string;
  method: string;
  url: string;
  authorization: string | undefined;
  cookie: string | undefined;
  body: string;
}

let api: Server;
let elsewhere: Server;
let seen: Seen[];
let apiUrl: string;
let elsewhereUrl: string;
/** Where nobody listens: a port below those that servers of tests get. */
const closedUrl = "http://127.0.0.1:2";

/** `/redirect/307/<url>` redirects; everything else answers 200. */
async function answer(request: IncomingMessage, response: ServerResponse) {
  let body = "";
  for await (const chunk of request) body += String(chunk);
  const { host = "", authorization, cookie } = request.headers;
  seen.push({ host, method: request.method ?? "", url: request.url ?? "", authorization, cookie, body });
  const redirect = /^\/redirect\/(\d+)\/(.+)$/.exec(request.url ?? "");
  if (redirect) response.writeHead(Number(redirect[1]), { location: decodeURIComponent(redirect[2] ?? "") });
  else response.writeHead(request.url === "/401" ? 401 : 200);
  response.end("ok");
}

async function listen(): Promise<[Server, string]> {
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return [server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`];
}

beforeAll(async () => {
  [api, apiUrl] = await listen();
  [elsewhere, elsewhereUrl] = await listen();
});
afterAll(() => {
  api.close();
  elsewhere.close();
});
beforeEach(() => (seen = []));

const target = (change: Partial<TokenTarget> = {}): TokenTarget => ({
  name: "Test",
  settingsUrl: "http://bifrost/settings/integrations/1",
  baseUrl: `${apiUrl}/v1`,
  apiHosts: [],
  token: "secret-token",
  ...change,
});

describe("where a path leads", () => {
  it.each([
    ["/users", "/v1/users"],
    ["users?a=1&b=?", "/v1/users?a=1&b=?"],
    ["", "/v1"],
    ["?a=1", "/v1?a=1"],
    ["//evil.example/users", "/v1/evil.example/users"],
    ["\\\\evil.example", "/v1/evil.example"],
    ["https:evil.example", "/v1/https:evil.example"],
    ["../../users", "/users"],
  ])("%j is below the base URL: %s", async (path, expected) => {
    await fetchWithToken(target(), path, {});
    expect(seen).toMatchObject([{ url: expected, authorization: "Bearer secret-token" }]);
  });

  it("keeps the query of the base URL", async () => {
    await fetchWithToken(target({ baseUrl: `${apiUrl}/v1/?tenant=1` }), "users?a=1", {});
    expect(seen[0]?.url).toBe("/v1/users?tenant=1&a=1");
  });

  it("is an error that says what to set where there is no base URL", async () => {
    const call = fetchWithToken(target({ baseUrl: null }), "/users", {});
    await expect(call).rejects.toMatchObject({
      code: "not_configured",
      message: expect.stringContaining("base_url"),
    });
  });
});

describe("the token", () => {
  it("goes to the base URL's own origin and to listed hosts", async () => {
    await fetchWithToken(target(), `${apiUrl}/other`, {});
    await fetchWithToken(target({ apiHosts: [new URL(elsewhereUrl).host] }), `${elsewhereUrl}/x`, {});
    expect(seen.map(({ authorization }) => authorization)).toEqual([
      "Bearer secret-token",
      "Bearer secret-token",
    ]);
  });

  it.each([
    (): string => `${elsewhereUrl}/x`,
    () => `http://localhost:${new URL(apiUrl).port}/x`,
    () => "http://api.example.com/x",
    () => "https://api.example.com.evil.example/x",
    () => "https://api.example.com:8443/x",
    () => `https://user:pass@api.example.com/x`,
    () => "ftp://api.example.com/x",
  ])("goes nowhere else (%#)", async (urlOf) => {
    await expect(
      fetchWithToken(target({ apiHosts: ["api.example.com"] }), urlOf(), {}),
    ).rejects.toMatchObject({
      name: "BifrostError",
      code: expect.stringMatching(/host_not_allowed|validation_failed/),
    });
    expect(seen).toEqual([]);
  });

  it("stays behind at a redirect to another host, and for the rest of the way", async () => {
    const back = encodeURIComponent(
      `${elsewhereUrl}/redirect/302/${encodeURIComponent(`${elsewhereUrl}/end`)}`,
    );
    const response = await fetchWithToken(target(), `${apiUrl}/redirect/302/${back}`, {
      headers: { cookie: "a=b" },
    });
    expect(response.status).toBe(200);
    expect(seen.map(({ authorization, cookie }) => [authorization, cookie])).toEqual([
      ["Bearer secret-token", "a=b"],
      [undefined, undefined],
      [undefined, undefined],
    ]);
  });

  it("follows a redirect within the API, method and body as the standard has them", async () => {
    const to = (status: number) => `${apiUrl}/redirect/${status}/${encodeURIComponent("/end")}`;
    await fetchWithToken(target(), to(307), { method: "POST", body: "data" });
    await fetchWithToken(target(), to(303), { method: "POST", body: "data" });
    expect(seen.filter(({ url }) => url === "/end")).toMatchObject([
      { method: "POST", body: "data", authorization: "Bearer secret-token" },
      { method: "GET", body: "", authorization: "Bearer secret-token" },
    ]);
  });

  it("does not send a generator's body again, of which nothing is left", async () => {
    const url = `${apiUrl}/redirect/307/${encodeURIComponent("/end")}`;
    const call = fetchWithToken(target(), url, streamed(pieces()));
    await expect(call).rejects.toThrow("A streamed body cannot follow a redirect.");
    expect(seen).toMatchObject([{ body: "data" }]);
  });

  it("leaves redirects to the caller who says so", async () => {
    const response = await fetchWithToken(target(), `${apiUrl}/redirect/302/x`, { redirect: "manual" });
    expect(response.status).toBe(302);
    await expect(fetchWithToken(target(), `${apiUrl}/redirect/302/x`, { redirect: "error" })).rejects.toThrow(
      TypeError,
    );
  });

  it("is not sent where the integration has none, and hosts are then free", async () => {
    await fetchWithToken(target({ token: null }), `${elsewhereUrl}/x`, {});
    expect(seen).toMatchObject([{ authorization: undefined }]);
  });

  it("gives way to a header of the caller's own, and a 401 comes back as it is", async () => {
    const response = await fetchWithToken(target(), `${apiUrl}/401`, {
      headers: { authorization: "Basic eA==" },
    });
    expect(response.status).toBe(401);
    expect(seen).toMatchObject([{ authorization: "Basic eA==" }]);
  });

  it("ends a redirect that goes in circles", async () => {
    let url = "/loop";
    const server = createServer((_, response) => response.writeHead(302, { location: url }).end());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/loop`;
    await expect(fetchWithToken(target({ baseUrl: url }), url, {})).rejects.toThrow(/more than 20/);
    server.close();
  });
});

describe("what keeps the service from answering is thrown as the platform's fetch throws it", () => {
  const redirectTo = (location: string) => `${apiUrl}/redirect/307/${encodeURIComponent(location)}`;

  it.each([
    ["nobody listens", () => closedUrl, {}],
    ["a redirect leads to no web page", () => redirectTo("mailto:ada@example.com"), {}],
    ["a redirect leads nowhere", () => redirectTo("http://"), {}],
    ["a body that is read but once would have to follow", () => redirectTo("/end"), streamed(pieces())],
  ])("a TypeError where %s", async (_title, urlOf, init) => {
    const url = urlOf();
    const error: unknown = await fetchWithToken(target({ baseUrl: url }), url, init).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(TypeError);
  });

  it("the reason that the caller's signal was aborted with", async () => {
    const reason = new Error("enough");
    const call = fetchWithToken(target(), "/users", { signal: AbortSignal.abort(reason) });
    await expect(call).rejects.toBe(reason);
  });
});

describe("after a 401 a request is sent once more", () => {
  it.each([
    ["no body", undefined],
    ["a text", "data"],
    ["bytes", new Uint8Array([1])],
    ["a buffer", new ArrayBuffer(1)],
    ["a blob", new Blob(["data"])],
    ["a form", new FormData()],
    ["parameters", new URLSearchParams("a=1")],
  ])("with %s", (_title, body) => expect(isReplayable({ body })).toBe(true));

  it.each([
    ["a stream", () => new Blob(["data"]).stream()],
    ["an async generator", pieces],
    ["a Readable of Node's", () => Readable.from(["data"])],
    ["a generator", () => [Buffer.from("data")].values()],
  ])("but not with %s, which is read but once", (_title, open) =>
    expect(isReplayable(streamed(open()))).toBe(false),
  );
});

async function* pieces() {
  yield Buffer.from("data");
}

/** Node's fetch takes any iterable; the DOM's types know streams alone. */
function streamed(body: object): RequestInit {
  return { method: "POST", body, duplex: "half" } as RequestInit;
}
