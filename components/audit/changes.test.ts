import { describe, expect, it } from "vitest";
import { changesBetween } from "./changes";

describe("what changed", () => {
  it("is told by dotted names, the same on both sides left out", () => {
    const before = { name: "a", oauth: { pkce: false, scopes: ["x"] }, kept: 1, gone: "yes" };
    const after = { name: "b", oauth: { pkce: true, scopes: ["x", "y"] }, kept: 1, added: { deep: 0 } };
    expect(changesBetween(before, after)).toEqual([
      { name: "name", before: "a", after: "b" },
      { name: "oauth.pkce", before: "no", after: "yes" },
      { name: "oauth.scopes", before: "x", after: "x, y" },
      { name: "gone", before: "yes", after: null },
      { name: "added.deep", before: null, after: "0" },
    ]);
  });

  it("leaves out what says nothing", () => {
    expect(changesBetween(null, { description: "", scopes: [], issuer: null, config: {} })).toEqual([]);
    expect(changesBetween(null, null)).toEqual([]);
  });

  it("shows a list of records as it is", () => {
    expect(changesBetween(null, { fields: [{ key: "a" }] })).toEqual([
      { name: "fields", before: null, after: '[{"key":"a"}]' },
    ]);
  });
});
