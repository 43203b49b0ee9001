import { describe, expect, it } from "vitest";
import type { FieldChange } from "@/lib/config/schema";
import { changesInWords, droppedValues } from "./change-words";

const none = { values: 0, organizations: 0 };
const change = (over: Partial<FieldChange>): FieldChange => ({
  id: "1",
  before: { key: "timeout", type: "int" },
  after: { key: "timeout", type: "int" },
  kept: none,
  converted: none,
  encrypted: none,
  dropped: none,
  ...over,
});

describe("what an edit of the schema does, in words", () => {
  it("says nothing of new fields and of fields whose values stay as they are", () => {
    expect(changesInWords([change({ kept: { values: 2, organizations: 1 } })])).toEqual([]);
    expect(changesInWords([change({ before: null })])).toEqual([]);
  });

  it("says that a renamed field takes its values along", () => {
    const [words] = changesInWords([
      change({ after: { key: "wait", type: "int" }, kept: { values: 3, organizations: 2 } }),
    ]);
    expect(words).toEqual({
      key: "timeout",
      sentence: "Renamed to wait: 3 values go with it.",
      drops: false,
    });
  });

  it("counts what is converted and what is dropped, with where it is", () => {
    const changes = [
      change({
        before: { key: "note", type: "string" },
        after: { key: "note", type: "int" },
        converted: { values: 2, organizations: 1 },
        dropped: { values: 1, organizations: 1 },
      }),
    ];
    expect(changesInWords(changes).map(({ sentence }) => sentence)).toEqual([
      "2 values (the default and in 1 organization) are turned from string into int.",
      "1 value (in 1 organization) is dropped, being no int.",
    ]);
    expect(droppedValues(changes)).toBe(1);
  });

  it("says why a removed field and a secret lose their values", () => {
    const dropped = { values: 1, organizations: 0 };
    expect(changesInWords([change({ after: null, dropped })])[0]?.sentence).toBe(
      "1 value (the default) is dropped, as the field is removed.",
    );
    const secret = change({ before: { key: "api_key", type: "secret" }, dropped });
    expect(changesInWords([secret])[0]?.sentence).toContain("a secret is never turned into anything else");
  });
});
