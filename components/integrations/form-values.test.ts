import { parseWithZod } from "@conform-to/zod/v4";
import { describe, expect, it } from "vitest";
import { createIntegrationInput } from "@/lib/integrations/schema";
import { blankValues, changedFields, NO_OAUTH, toFormData } from "@/components/integrations/form-values";

function parse(values: Record<string, string>) {
  return parseWithZod(toFormData({ ...blankValues, ...values }), { schema: createIntegrationInput });
}

describe("the integration form", () => {
  it("gives the defaults of the schema when only what must be filled is filled", () => {
    const submission = parse({
      name: "Microsoft_Graph",
      "oauth.clientId": "abc",
      "oauth.tokenUrl": "https://login.example.com/token",
      "oauth.scopes": "offline_access Directory.Read.All",
    });
    expect(submission.status).toBe("success");
    if (submission.status !== "success") return;
    expect(submission.value.organizationId).toBeNull();
    expect(submission.value.oauth).toMatchObject({
      flowType: "authorization_code",
      pkce: true,
      scopeSeparator: " ",
      scopes: ["offline_access", "Directory.Read.All"],
      clearClientSecret: false,
    });
  });

  it("sends no OAuth field at all for No OAuth", () => {
    const submission = parse({ name: "Plain", "oauth.flowType": NO_OAUTH, "oauth.tokenUrl": "left over" });
    expect(submission.status === "success" && submission.value.oauth).toBeNull();
  });

  it("names each field at fault by the name of its input", () => {
    const submission = parse({ name: "bad name", "oauth.authorizationParams": "no equals sign" });
    expect(submission.status).toBe("error");
    expect(Object.keys(submission.status === "error" ? (submission.error ?? {}) : {})).toEqual(
      expect.arrayContaining(["name", "oauth.clientId", "oauth.tokenUrl", "oauth.authorizationParams"]),
    );
  });

  it("counts a version that moved on as no change of what was typed", () => {
    expect(changedFields({ version: "1", name: "A" }, { version: "2", name: "A" })).toEqual([]);
    expect(changedFields({ name: "A" }, { name: "B", "config.region": "eu" })).toEqual([
      "name",
      "config.region",
    ]);
  });
});
