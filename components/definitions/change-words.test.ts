import { expect, it } from "vitest";
import { labelOfPath, titleOf } from "./change-words";

it.each([
  ["description", "Description"],
  ["api_hosts", "API hosts"],
  ["preset", "Preset"],
  ["oauth.token_url", "Token URL"],
  ["oauth.token_params.resource.id", "Extra token parameters: resource.id"],
  ["config_schema.timeout", "Config field timeout"],
  ["config_schema.timeout.default", "Config field timeout: default"],
  ["config_schema", "Order of the config fields"],
])("%s is called as on the screens", (path, label) => {
  expect(labelOfPath(path)).toBe(label);
});

it("says in one line what an import does", () => {
  const of = { name: "HaloPSA", owner: "Global", count: 1 };
  expect(titleOf("create", of)).toBe("Creates HaloPSA (Global)");
  expect(titleOf("update", of)).toBe("Changes 1 setting of HaloPSA (Global)");
  expect(titleOf("none", of)).toBe("HaloPSA (Global) is already as this definition says");
});
