import { describe, expect, it } from "vitest";
import { integrationListQuery } from "@/lib/integrations/schema";
import { mappingListQuery } from "@/lib/mappings/schema";
import { organizationListQuery } from "@/lib/organizations/schema";
import { userListQuery } from "@/lib/users/schema";

const lists = {
  integrations: integrationListQuery,
  mappings: mappingListQuery,
  organizations: organizationListQuery,
  users: userListQuery,
};

describe.each(Object.entries(lists))("a search among %s", (_, query) => {
  const words = (q?: unknown) => query.parse({ q }).q;

  it("keeps its words, without blanks around them", () => {
    expect(words("  contoso ")).toBe("contoso");
    expect(words()).toBe("");
    expect(words(["twice", "given"])).toBe("");
  });

  it("that is too long is cut, so that it does not show everything", () => {
    expect(words("x".repeat(101))).toBe("x".repeat(100));
    expect(words(`${"x".repeat(99)} y`)).toBe("x".repeat(99));
  });

  it("is cut between characters, not within one", () => {
    expect(words("😀".repeat(101))).toBe("😀".repeat(100));
  });
});
