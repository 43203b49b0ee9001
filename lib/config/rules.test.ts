import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ConfigFieldType, JsonValue } from "@/lib/integrations/rules";
import { findJsonError } from "./find-json-error";
import {
  checkTypedValue,
  convertValue,
  describeDrops,
  missingRequired,
  parseTypedText,
  planSchemaChange,
  sameJson,
  textOf,
} from "./rules";
import { previewSchemaChangeInput, setDefaultsInput, type ConfigFieldInput } from "./schema";

const OPEN_TYPES = ["string", "int", "bool", "json"] as const;
const valueOf: Record<(typeof OPEN_TYPES)[number], fc.Arbitrary<JsonValue>> = {
  string: fc.oneof(
    fc.string(),
    fc.constantFrom("42", "-0", "007", "true", " 1", '{"a":1}', "[1, 2]", "null", "1e3"),
  ),
  int: fc.maxSafeInteger(),
  bool: fc.boolean(),
  json: fc.jsonValue() as fc.Arbitrary<JsonValue>,
};
const typed = fc
  .constantFrom(...OPEN_TYPES)
  .chain((type) =>
    valueOf[type].map((value): { type: ConfigFieldType; value: JsonValue } => ({ type, value })),
  );
const anyType = fc.constantFrom<ConfigFieldType>(...OPEN_TYPES, "secret");

describe("a typed value", () => {
  it.each<[ConfigFieldType, unknown]>([
    ["string", 1],
    ["string", null],
    ["string", undefined],
    ["string", ["a"]],
    ["string", "a\u0000b"],
    ["string", "\ud800"],
    ["string", "x".repeat(10_001)],
    ["secret", 1],
    ["secret", {}],
    ["int", "42"],
    ["int", 1.5],
    ["int", 9007199254740992],
    ["int", Number.NaN],
    ["int", true],
    ["bool", "true"],
    ["bool", 0],
    ["bool", null],
    ["json", undefined],
    ["json", Number.POSITIVE_INFINITY],
    ["json", { a: ["\u0000"] }],
    ["json", { "\u0000": 1 }],
    ["json", "x".repeat(100_001)],
    ["json", JSON.parse("[".repeat(40) + "]".repeat(40))],
    ["json", () => 1],
    ["json", 2 ** 53],
    ["json", { tenant: [-(2 ** 53)] }],
    ["json", Infinity],
  ])("of type %s is not %j", (type, value) => {
    expect(checkTypedValue(type, value).ok).toBe(false);
  });

  it("of type json is any JSON value, __proto__ among its keys", () => {
    const hostile: unknown = JSON.parse('{"__proto__":{"polluted":true},"constructor":1}');
    const judged = checkTypedValue("json", hostile);
    expect(judged.ok && JSON.stringify(judged.value)).toBe(JSON.stringify(hostile));
    const exactJson = fc
      .jsonValue({ maxDepth: 5 })
      .filter((value) => findJsonError(JSON.stringify(value)) === null);
    fc.assert(fc.property(exactJson, (value) => checkTypedValue("json", value).ok));
  });
});

describe("what is typed in a form", () => {
  it.each<[ConfigFieldType, string, JsonValue]>([
    ["string", "  https://a.example ", "https://a.example"],
    ["string", "", null],
    ["int", " 42 ", 42],
    ["int", "-7", -7],
    ["int", "-0", 0],
    ["int", "  ", null],
    ["bool", "on", true],
    ["bool", "FALSE", false],
    ["json", '{"a": [1, null]}', { a: [1, null] }],
    ["json", "", null],
    ["secret", " keeps spaces ", " keeps spaces "],
    ["secret", "", null],
  ])("turns into %s: %j", (type, text, value) => {
    expect(parseTypedText(type, text)).toEqual({ ok: true, value });
  });

  it.each<[ConfigFieldType, string, RegExp]>([
    ["int", "4.2", /whole number/],
    ["int", "ten", /whole number/],
    ["int", "99999999999999999999", /between/],
    ["bool", "maybe", /on or off/],
    ["json", '{\n  "a": 1,\n}', /^Line 3, column 1/],
    ["json", '{\n  "a": tru\n}', /^Line 2, column 8/],
    ["json", "{'a': 1}", /^Line 1, column 2/],
    ["json", '["open', /^Line 1, column 7/],
    ["json", " null\n", /null means not set/],
    ["json", '{\n  "tenant": 12345678901234567890\n}', /^Line 2, column 13: this number is too large/],
    ["json", "[1, -1e999]", /^Line 1, column 5: this number is too large/],
    ["json", '{"a": {"b": 1,\n"b": 2}}', /^Line 2, column 1: this key stands here twice/],
    ["json", '{"a": 1, "\\u0061": 2}', /^Line 1, column 10: this key stands here twice/],
  ])("as %s refuses %j and says where", (type, text, message) => {
    const judged = parseTypedText(type, text);
    expect(judged.ok ? "" : judged.message).toMatch(message);
  });

  it("is found not to be JSON exactly where JSON.parse refuses it", () => {
    const nearlyJson = fc.oneof(
      fc.json(),
      fc.string(),
      fc.tuple(fc.json(), fc.nat(), fc.string({ maxLength: 1 })).map(([text, at, sign]) => {
        const place = at % (text.length + 1);
        return text.slice(0, place) + sign + text.slice(place + 1);
      }),
      fc
        .array(
          fc.constantFrom("{", "}", "[", "]", ",", ":", '"', "1", "-", "true", " ", "\\", "\n", "e", "."),
        )
        .map((all) => all.join("")),
    );
    fc.assert(
      fc.property(nearlyJson, (text) => {
        let parses = true;
        try {
          JSON.parse(text);
        } catch {
          parses = false;
        }
        const flaw = findJsonError(text);
        if (parses) expect(flaw?.kind).not.toBe("grammar");
        else expect(flaw).not.toBeNull();
      }),
      { numRuns: 3_000 },
    );
  });

  it("takes a key again in another object, and numbers as they are written", () => {
    const text = '[{"a": 1}, {"a": {"a": -0.5}}, 9007199254740991, 1.5e-7]';
    expect(parseTypedText("json", text)).toEqual({ ok: true, value: JSON.parse(text) as JsonValue });
  });

  it("may be nested ten thousand levels deep without harm", () => {
    expect(parseTypedText("json", "[".repeat(10_000))).toMatchObject({ ok: false });
  });
});

describe("changing a field's type", () => {
  it.each<[ConfigFieldType, ConfigFieldType, JsonValue, JsonValue]>([
    ["string", "int", "42", 42],
    ["int", "string", 42, "42"],
    ["string", "bool", "true", true],
    ["bool", "string", false, "false"],
    ["string", "json", '{"a": [1, 2]}', { a: [1, 2] }],
    ["string", "json", "plain", "plain"],
    ["string", "json", "42", "42"],
    ["string", "json", '{"id": 12345678901234567890}', '{"id": 12345678901234567890}'],
    ["json", "string", { a: 1 }, '{"a":1}'],
    ["json", "int", 7, 7],
    ["json", "bool", true, true],
    ["int", "json", 5, 5],
    ["string", "secret", "s3cret", "s3cret"],
    ["int", "secret", 5, "5"],
  ])("%s → %s keeps %j", (from, to, value, expected) => {
    expect(convertValue(from, to, value)).toEqual({ value: expected });
  });

  it.each<[ConfigFieldType, ConfigFieldType, JsonValue]>([
    ["string", "int", "007"],
    ["string", "int", " 42"],
    ["string", "int", "4.2"],
    ["string", "int", "9007199254740993"],
    ["string", "int", "-0"],
    ["string", "bool", "yes"],
    ["string", "bool", "1"],
    ["int", "bool", 1],
    ["bool", "int", true],
    ["json", "int", 1.5],
    ["json", "string", null],
    ["json", "int", [1]],
  ])("%s → %s drops %j", (from, to, value) => {
    expect(convertValue(from, to, value)).toBeNull();
  });

  it("never opens a secret", () => {
    for (const to of [...OPEN_TYPES, "secret"] as const) expect(convertValue("secret", to, "x")).toBeNull();
  });

  it("gives a value of the new type that reads as before, or none", () => {
    fc.assert(
      fc.property(typed, anyType, ({ type, value }, to) => {
        const converted = convertValue(type, to, value);
        if (!converted) return;
        if (type !== to) expect(checkTypedValue(to, converted.value).ok || to === "json").toBe(true);
        const reads = (text: string) => text.replaceAll(/\s/g, "");
        expect(reads(textOf(converted.value))).toBe(reads(textOf(value)));
      }),
      { numRuns: 2_000 },
    );
  });

  it("int and bool survive a way over any type and back", () => {
    fc.assert(
      fc.property(fc.oneof(valueOf.int, valueOf.bool), fc.constantFrom("string", "json"), (value, over) => {
        const own: ConfigFieldType = typeof value === "number" ? "int" : "bool";
        const there = convertValue(own, over, value);
        expect(there && convertValue(over, own, there.value)).toEqual({ value });
      }),
    );
  });
});

describe("equal values", () => {
  it("are equal whatever the order of their keys", () => {
    expect(sameJson({ a: 1, b: [{ c: 2, d: 3 }] }, { b: [{ d: 3, c: 2 }], a: 1 })).toBe(true);
    expect(sameJson([1, 2], [2, 1])).toBe(false);
    expect(sameJson("1", 1)).toBe(false);
    expect(sameJson(null, undefined)).toBe(false);
    fc.assert(
      fc.property(fc.jsonValue(), (value) =>
        sameJson(value as JsonValue, JSON.parse(JSON.stringify(value)) as JsonValue),
      ),
    );
  });
});

const stored = (id: string, key: string, type: ConfigFieldType = "string") => ({
  id,
  key,
  type,
  required: false,
  description: "",
});
const wanted = (id: string | null, key: string, type: ConfigFieldType = "string"): ConfigFieldInput => ({
  id,
  key,
  type,
  required: false,
  description: "",
});
const TOKEN_URL = [{ label: "Token URL", names: ["tenant", "entity_id"] }];

describe("planning an edit of the schema", () => {
  it("follows fields by their id through renaming and reordering", () => {
    const { plans, errors } = planSchemaChange(
      [stored("1", "a"), stored("2", "b", "int"), stored("3", "c", "secret")],
      [wanted("3", "c", "string"), wanted("1", "renamed"), wanted(null, "fresh")],
      [],
    );
    expect(errors).toEqual([]);
    expect(plans.map(({ before, after, fate }) => [before?.key, after?.key, fate])).toEqual([
      ["c", "c", "drop"],
      ["a", "renamed", "keep"],
      [undefined, "fresh", "keep"],
      ["b", undefined, "drop"],
    ]);
  });

  it("refuses a key twice, and a field that is not there", () => {
    const { errors } = planSchemaChange([stored("1", "a")], [wanted("1", "x"), wanted("9", "x")], []);
    expect(errors.map(({ path }) => path)).toEqual(["fields.1.key", "fields.1.id"]);
    expect(
      planSchemaChange([stored("1", "a")], [wanted("1", "a"), wanted("1", "b")], []).errors,
    ).toHaveLength(1);
  });

  it.each([
    ["removed", [], "fields"],
    ["renamed", [wanted("1", "tenant_id")], "fields.0.key"],
    ["made a secret", [wanted("1", "tenant", "secret")], "fields.0.type"],
    ["made json", [wanted("1", "tenant", "json")], "fields.0.type"],
  ])("says which URL stands against a placeholder being %s", (_, after, path) => {
    const { errors } = planSchemaChange([stored("1", "tenant")], after, TOKEN_URL);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatchObject({
      path,
      message: expect.stringMatching(/Token URL.*Change the Token URL first/),
    });
  });

  it("says what would go", () => {
    const none = { values: 0, organizations: 0 };
    const change = (dropped: typeof none, after: string | null) => ({
      id: "1",
      before: { key: "timeout", type: "string" as const },
      after: after === null ? null : { key: "timeout", type: "int" as const },
      kept: none,
      converted: none,
      encrypted: none,
      dropped,
    });
    expect(describeDrops([change(none, "int")])).toEqual([]);
    expect(describeDrops([change({ values: 3, organizations: 2 }, "int")])).toEqual([
      "Turning timeout into int drops 3 values (the default and in 2 organizations).",
    ]);
    expect(describeDrops([change({ values: 1, organizations: 0 }, null)])).toEqual([
      "Removing timeout drops 1 value (the default).",
    ]);
  });
});

describe("the input of an edit", () => {
  const parse = (key: unknown, type: unknown = "string") =>
    previewSchemaChangeInput.safeParse({
      integrationId: "01930000-0000-7000-8000-000000000000",
      version: 1,
      fields: [{ key, type }],
    }).success;

  it.each(["a", "base_url", "a0", "constructor", "x".repeat(64)])("takes the key %s", (key) => {
    expect(parse(key)).toBe(true);
  });
  it.each(["", "A", "1a", "_a", "a-b", "a b", "ä", "__proto__", "entity_id", "x".repeat(65), 7, null])(
    "refuses the key %j",
    (key) => {
      expect(parse(key)).toBe(false);
    },
  );
  it("takes the five types alone", () => {
    expect(parse("a", "float")).toBe(false);
    expect(parse("a", "secret")).toBe(true);
  });
  it("keeps __proto__ among the values, so that it is refused as unknown", () => {
    const values: unknown = JSON.parse('{"__proto__": 1}');
    const parsed = setDefaultsInput.parse({
      integrationId: "01930000-0000-7000-8000-000000000000",
      version: 1,
      values,
    });
    expect(Object.keys(parsed.values)).toEqual(["__proto__"]);
  });
});

it("what is missing is judged on the merged result", () => {
  const fields = [
    { key: "a", required: true },
    { key: "b", required: true },
    { key: "c", required: false },
  ];
  expect(missingRequired(fields, [{ key: "a" }])).toEqual(["b"]);
});
