import { expect, it } from "vitest";
import { mappingListQuery } from "./schema";

it("searches for nothing where the words could not be stored", () => {
  expect(mappingListQuery.parse({ q: "con\0toso" }).q).toBe("");
  expect(mappingListQuery.parse({ q: " contoso " }).q).toBe("contoso");
});
