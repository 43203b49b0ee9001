import { describe, expect, it } from "vitest";
import { createRateLimiter } from "./rate-limit";

describe("rate limiter", () => {
  it("lets a second's worth through at once, then says how long to wait", () => {
    const limit = createRateLimiter(3, () => 0);
    expect([limit("a"), limit("a"), limit("a"), limit("a")]).toEqual([0, 0, 0, 1]);
  });

  it("fills up again with time, never beyond a second's worth", () => {
    let now = 0;
    const limit = createRateLimiter(2, () => now);
    limit("a");
    limit("a");
    now = 500;
    expect([limit("a"), limit("a")]).toEqual([0, 1]);
    now = 60_000;
    expect([limit("a"), limit("a"), limit("a")]).toEqual([0, 0, 1]);
  });

  it("counts each caller alone", () => {
    const limit = createRateLimiter(1, () => 0);
    expect([limit("a"), limit("b"), limit("a")]).toEqual([0, 0, 1]);
  });

  it("is off at 0", () => {
    const limit = createRateLimiter(0);
    expect(Array.from({ length: 5_000 }, () => limit("a")).every((wait) => wait === 0)).toBe(true);
  });
});
