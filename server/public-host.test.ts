import { createServer, request as send, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { answerOtherHost } from "./public-host";

let server: Server;
let port: number;

beforeAll(async () => {
  server = createServer((request, response) => {
    if (!answerOtherHost(request, response, `http://localhost:${port}`)) response.end("screen");
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => void server.close());

function ask(method: string, path: string, headers: Record<string, string>) {
  return new Promise<{ status: number | undefined; location: string | undefined }>((answered, failed) => {
    const request = send({ host: "127.0.0.1", port, method, path, headers }, (response) => {
      response.resume();
      answered({ status: response.statusCode, location: response.headers.location });
    });
    request.on("error", failed).end();
  });
}

it("serves under BIFROST_URL's host, and behind a proxy that says so", async () => {
  expect(await ask("GET", "/a", { host: `localhost:${port}` })).toMatchObject({ status: 200 });
  const forwarded = { host: "10.0.0.1:80", "x-forwarded-host": `localhost:${port}` };
  expect(await ask("POST", "/a", forwarded)).toMatchObject({ status: 200 });
});

it.each(["GET", "HEAD"])(
  "sends a %s under 127.0.0.1 on with a whole address, path and query",
  async (method) => {
    expect(await ask(method, "/oauth/callback/x?code=1&state=2", { host: `127.0.0.1:${port}` })).toEqual({
      status: 308,
      location: `http://localhost:${port}/oauth/callback/x?code=1&state=2`,
    });
  },
);

it("refuses to change anything under another host", async () => {
  expect(await ask("POST", "/settings", { host: "evil.example" })).toEqual({
    status: 421,
    location: undefined,
  });
});

it("is not led to another host by an absolute or double-slashed path", async () => {
  for (const path of ["//evil.example/x", "/\\evil.example"]) {
    const { location } = await ask("GET", path, { host: `127.0.0.1:${port}` });
    expect(new URL(location ?? "").origin).toBe(`http://localhost:${port}`);
  }
});
