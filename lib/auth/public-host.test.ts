import { describe, expect, it } from "vitest";
import { judgeHost } from "./public-host.ts";

const request = {
  method: "GET",
  host: "localhost:3000",
  pathAndQuery: "/settings?a=1",
  publicUrl: "http://localhost:3000",
};

describe("a request by its host", () => {
  it.each([
    ["localhost:3000", "http://localhost:3000"],
    ["LOCALHOST:3000", "http://localhost:3000"],
    ["bifrost.example.com", "https://bifrost.example.com"],
    ["bifrost.example.com:443", "https://bifrost.example.com"],
    ["[::1]:3000", "http://[::1]:3000"],
  ])("is served under %s for %s", (host, publicUrl) => {
    expect(judgeHost({ ...request, host, publicUrl })).toEqual({ action: "serve" });
  });

  it.each([
    "127.0.0.1:3000",
    "localhost",
    "localhost:3001",
    "evil.example",
    "localhost:3000.evil.example",
    "",
    "a b",
    null,
  ])("is sent on from %j with path and query", (host) => {
    expect(judgeHost({ ...request, host })).toEqual({
      action: "redirect",
      location: "http://localhost:3000/settings?a=1",
    });
  });

  it("cannot be sent on to another host by its path", () => {
    const verdict = judgeHost({ ...request, host: "127.0.0.1:3000", pathAndQuery: "//evil.example/x" });
    expect(verdict).toEqual({ action: "redirect", location: "http://localhost:3000/evil.example/x" });
  });

  it.each(["POST", "PUT", "PATCH", "DELETE"])("is refused elsewhere when it is a %s", (method) => {
    expect(judgeHost({ ...request, method, host: "127.0.0.1:3000" })).toMatchObject({ action: "refuse" });
  });
});
