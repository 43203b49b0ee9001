import { describe, expect, it } from "vitest";
import { safeNextPath } from "./next-path.ts";

describe("the path to go to after signing in", () => {
  it.each([
    "/",
    "/settings/integrations",
    "/settings/integrations?status=active&page=2",
    "/account#sessions",
    "/a%2F%2Fb",
  ])("is kept: %s", (path) => expect(safeNextPath(path)).toBe(path));

  it.each([
    "https://evil.example",
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    " //evil.example",
    "/./\\evil.example",
    "/..//evil.example",
    "/.//evil.example",
    "javascript:alert(1)",
    "settings",
    "",
    "/sign-in",
    "/sign-in?next=/",
    "/setup/token",
    "/api/auth/signout",
    "/oauth/callback/github?code=secret",
    `/${"a".repeat(3000)}`,
    undefined,
    ["/settings"],
  ])("is the start page instead of %j", (value) => expect(safeNextPath(value)).toBe("/"));
});
