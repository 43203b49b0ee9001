import { describe, expect, it } from "vitest";
import { formatExact, formatRelative } from "@/components/patterns/time-format";

const now = Date.UTC(2026, 10, 20, 8, 22, 56);
const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

describe("formatRelative", () => {
  it.each([
    [0, "just now"],
    [44 * second, "just now"],
    [45 * second, "1 min ago"],
    [2 * minute, "2 min ago"],
    [59 * minute + 29 * second, "59 min ago"],
    [59 * minute + 40 * second, "1 h ago"],
    [23 * hour, "23 h ago"],
    [day, "yesterday"],
    [47 * hour, "yesterday"],
    [3 * day, "3 days ago"],
    [7 * day, "1 week ago"],
    [29 * day, "4 weeks ago"],
    [30 * day, "1 month ago"],
    [364 * day, "12 months ago"],
    [800 * day, "2 years ago"],
  ])("says what lies %d ms back as %s", (ago, words) => {
    expect(formatRelative(now - ago, now)).toBe(words);
  });

  it.each([
    [10 * second, "in a moment"],
    [58 * minute, "in 58 min"],
    [26 * hour, "tomorrow"],
    [90 * day, "in 3 months"],
  ])("says what lies %d ms ahead as %s", (ahead, words) => {
    expect(formatRelative(now + ahead, now)).toBe(words);
  });
});

describe("formatExact", () => {
  it("names the second and the zone", () => {
    expect(formatExact(now, "UTC")).toBe("20 Nov 2026, 08:22:56 UTC");
  });
});
