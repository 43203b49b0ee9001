import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkTypedValue } from "@/lib/config/rules";
import type { JsonValue } from "@/lib/integrations/rules";
import {
  judgeEntity,
  judgeOverrides,
  mergeWrites,
  steeringKeys,
  steersWhat,
  type OverridableField,
} from "./rules";

const value = fc
  .jsonValue({ maxDepth: 2 })
  .filter((each) => each !== null && checkTypedValue("json", each).ok) as fc.Arbitrary<JsonValue>;
const maybe = fc.option(value, { nil: undefined });
const field = fc.record({ default: maybe, override: maybe });
const fieldsOf = (rows: { default: JsonValue | undefined; override: JsonValue | undefined }[]) =>
  rows.map((row, at): OverridableField => ({ id: `f${at}`, key: `key_${at}`, type: "json", ...row }));
const scene = fc
  .array(fc.record({ field, change: fc.option(fc.option(value, { nil: null }), { nil: undefined }) }), {
    maxLength: 6,
  })
  .map((rows) => ({
    fields: fieldsOf(rows.map((row) => row.field)),
    config: Object.fromEntries(
      rows.flatMap(({ change }, at): [string, JsonValue][] =>
        change === undefined ? [] : [[`key_${at}`, change]],
      ),
    ),
  }));
const freely = { may: true, keys: new Set<string>() };
const plain = (json: unknown) => JSON.parse(JSON.stringify(json ?? null)) as unknown;

describe("overrides", () => {
  it("replace key by key; null gives the default back; what is not named stays", () => {
    fc.assert(
      fc.property(scene, ({ fields, config }) => {
        const { writes, errors, steered } = judgeOverrides(fields, config, freely);
        expect([errors, steered]).toEqual([[], []]);
        const merged = new Map(mergeWrites(fields, writes).map((each) => [each.key, each.value]));
        for (const { key, default: byDefault, override } of fields) {
          const sent = Object.hasOwn(config, key) ? config[key] : override;
          expect(plain(merged.get(key))).toEqual(plain(sent === null ? byDefault : (sent ?? byDefault)));
        }
      }),
    );
  });

  it("sent twice change nothing the second time", () => {
    fc.assert(
      fc.property(scene, ({ fields, config }) => {
        const { writes } = judgeOverrides(fields, config, freely);
        const next = fields.map((each) => {
          const write = writes.find((one) => one.field.id === each.id);
          return write ? { ...each, override: write.value ?? undefined } : each;
        });
        expect(judgeOverrides(next, config, freely).writes).toEqual([]);
      }),
    );
  });

  it("of a caller that may not steer never change what a steering field gives", () => {
    fc.assert(
      fc.property(scene, fc.boolean(), ({ fields, config }, all) => {
        const keys = new Set(fields.filter((_, at) => all || at % 2 === 0).map(({ key }) => key));
        const { writes, steered } = judgeOverrides(fields, config, { may: false, keys });
        const before = mergeWrites(fields, []);
        for (const [at, after] of mergeWrites(fields, writes).entries()) {
          if (keys.has(after.key)) expect(after).toEqual(before[at]);
        }
        expect(steered.every((key) => keys.has(key))).toBe(true);
      }),
    );
  });
});

it("the base URL and every placeholder steer", () => {
  const uses = [{ label: "Token URL", names: ["tenant", "entity_id"] }];
  expect(steeringKeys(uses)).toEqual(new Set(["base_url", "tenant", "entity_id"]));
  expect(steersWhat("tenant", uses)).toBe("Token URL");
  expect(steersWhat("base_url", uses)).toBe("Base URL");
  expect(steersWhat("note", uses)).toBeNull();
});

describe("whose token it is", () => {
  it.each([
    [null, "a", null, false],
    [{ accountTenant: null, entityId: null }, "a", null, false],
    [{ accountTenant: "A ", entityId: null }, "a", "A ", false],
    [{ accountTenant: null, entityId: "b" }, "a", "b", true],
    [{ accountTenant: "b", entityId: "a" }, "a", "b", true],
    [{ accountTenant: "b", entityId: "b" }, null, "b", false],
    // Microsoft's `common` is whichever tenant consents: that one is named.
    [{ accountTenant: "b", entityId: "common" }, "B", "b", false],
    [{ accountTenant: "b", entityId: "common" }, "a", "b", true],
    [{ accountTenant: "b", entityId: "common" }, "common", "b", true],
    [{ accountTenant: null, entityId: "common" }, "common", "common", false],
    [{ accountTenant: null, entityId: "common" }, "a", "common", true],
    [{ accountTenant: "b", entityId: null }, "a", "b", true],
  ])("%j for the entity %j: %j, another: %s", (connection, entityId, whose, isOtherEntity) => {
    expect(judgeEntity(connection, entityId)).toEqual({ entityId: whose, isOtherEntity });
  });
});
