import { parseWithZod } from "@conform-to/zod/v4";
import { describe, expect, it } from "vitest";
import { createIntegrationForm } from "./schema";

function refusals(fields: Record<string, string>) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  const submission = parseWithZod(form, { schema: createIntegrationForm });
  return Object.keys(submission.reply().error ?? {}).sort();
}

describe("the form of a new integration", () => {
  it("marks every blank field of a first save at once", () => {
    expect(refusals({ name: "", "oauth.flowType": "authorization_code" })).toEqual([
      "name",
      "oauth.authorizationUrl",
      "oauth.clientId",
      "oauth.clientSecret",
      "oauth.tokenUrl",
    ]);
  });

  it("asks for no secret where none is needed", () => {
    const plain = { name: "A", "oauth.clientId": "c", "oauth.tokenUrl": "https://a.example/t" };
    const code = { "oauth.flowType": "authorization_code", "oauth.authorizationUrl": "https://a.example/a" };
    expect(refusals({ ...plain, ...code, "oauth.tokenEndpointAuthMethod": "none" })).toEqual([]);
    expect(refusals({ name: "A" })).toEqual([]);
  });
});

describe("API hosts", () => {
  const hosts = (apiHosts: string[]) => createIntegrationForm.parse({ name: "A", apiHosts }).apiHosts;

  it("are kept as a URL shows them: without the port of https, with any other", () => {
    expect(hosts(["API.example.com:443", "api.example.com:8443", "b.example.com"])).toEqual([
      "api.example.com",
      "api.example.com:8443",
      "b.example.com",
    ]);
  });

  it("are kept once each", () => {
    expect(hosts(["api.example.com:443 api.example.com"])).toEqual(["api.example.com"]);
  });
});
