import { expect, it } from "vitest";
import type { ConnectionView } from "@/lib/integrations/schema";
import { howNextTokenComes } from "./next-token-words";

it("says how the next token comes once one is over", () => {
  const words = (connection: Partial<ConnectionView>, mayConnect = true) =>
    howNextTokenComes({ hasRefreshToken: false, comesByItself: false, ...connection }, mayConnect);
  expect(words({})).toBe("Choose Reconnect to get a new one.");
  expect(words({}, false)).toMatch(/^Ask /);
  expect(words({ hasRefreshToken: true })).toContain("refreshed");
  expect(words({ comesByItself: true })).toContain("gets a new one");
  expect(words({ comesByItself: true }, false)).not.toContain("Refresh token does it");
});
