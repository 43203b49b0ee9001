import { describe, expect, it } from "vitest";
import { readTypedValues, textInControl, type TypedField } from "./typed-values";

const field = (over: Partial<TypedField>): TypedField => ({
  key: "timeout",
  type: "int",
  before: "",
  text: "",
  ...over,
});

describe("typed values of a form", () => {
  it("turns text into the field's type, and blank into null", () => {
    const fields = [
      field({ text: "30" }),
      field({ key: "active", type: "bool", text: "false" }),
      field({ key: "tags", type: "json", text: '["a"]' }),
      field({ key: "base_url", type: "string", before: "https://old", text: "" }),
    ];
    expect(readTypedValues(fields, new FormData(), "values.")).toEqual({
      values: { timeout: 30, active: false, tags: ["a"], base_url: null },
      errors: {},
    });
  });

  it("names no field that stands as it was", () => {
    const untouched = field({ before: "30", text: "30" });
    expect(readTypedValues([untouched], new FormData(), "values.").values).toEqual({});
  });

  it("says at which line JSON breaks", () => {
    const broken = field({ key: "tags", type: "json", text: '{\n  "a": 1,\n}' });
    expect(readTypedValues([broken], new FormData(), "values.").errors["tags"]).toContain("Line 3");
  });

  it("keeps a secret left blank, and clears it only when told", () => {
    const secret = field({ key: "api_key", type: "secret" });
    const form = new FormData();
    form.set("values.api_key", "");
    expect(readTypedValues([secret], form, "values.").values).toEqual({});
    form.set("values.api_key__clear", "1");
    expect(readTypedValues([secret], form, "values.").values).toEqual({ api_key: null });
    form.set("values.api_key", "s3cret");
    expect(readTypedValues([secret], form, "values.").values).toEqual({ api_key: "s3cret" });
  });

  it("shows JSON on several lines and anything else as it reads", () => {
    expect(textInControl("json", { a: 1 })).toBe('{\n  "a": 1\n}');
    expect(textInControl("json", "text")).toBe('"text"');
    expect(textInControl("int", 5)).toBe("5");
    expect(textInControl("string", "x")).toBe("x");
    expect(textInControl("bool", undefined)).toBe("");
  });
});
