import { describe, expect, it } from "vitest";
import { isDatabaseUnavailable } from "./unavailable";

const coded = (code: string, more: object = {}) => Object.assign(new Error("x"), { code, ...more });

describe("a database that cannot be reached", () => {
  it.each([
    coded("ECONNREFUSED", { syscall: "connect" }),
    Object.assign(new AggregateError([]), { code: "ECONNREFUSED" }),
    coded("57P01"),
    coded("08006"),
    coded("P1001"),
    new Error("Connection terminated unexpectedly"),
    new Error("wrapped", { cause: coded("57P03") }),
  ])("is told by %o", (error) => {
    expect(isDatabaseUnavailable(error)).toBe(true);
  });

  it.each([coded("23505"), coded("ENOENT"), new Error("x"), "ECONNREFUSED", null])(
    "is not told by %o",
    (error) => {
      expect(isDatabaseUnavailable(error)).toBe(false);
    },
  );
});
