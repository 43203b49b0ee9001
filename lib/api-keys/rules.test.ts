import { expect, it } from "vitest";
import { PERMISSION_EXPLANATIONS } from "./rules";
import { createApiKeySchema } from "./schema";

it("a key may have workflows:execute, which the form does not offer while nothing runs workflows", () => {
  expect(Object.keys(PERMISSION_EXPLANATIONS)).toEqual([
    "integrations:read",
    "credentials:read",
    "mappings:write",
  ]);
  const { permissions } = createApiKeySchema.shape;
  expect(permissions.parse(["workflows:execute"])).toEqual(["workflows:execute"]);
});
