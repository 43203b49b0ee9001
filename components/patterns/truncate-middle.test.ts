import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { truncateMiddle } from "@/components/patterns/truncate-middle";

describe("truncateMiddle", () => {
  it("leaves what fits as it is", () => {
    expect(truncateMiddle("0198a", 5)).toBe("0198a");
  });

  it("keeps both ends", () => {
    expect(truncateMiddle("https://example.com/oauth/callback", 15)).toBe("https:/…allback");
  });

  it("does not cut a character in two", () => {
    expect(truncateMiddle("🌉🌉🌉🌉🌉🌉", 5)).toBe("🌉🌉…🌉🌉");
  });

  it("never gives more than it may", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 3, max: 80 }), (text, max) => {
        expect([...truncateMiddle(text, max)].length).toBeLessThanOrEqual(max);
      }),
    );
  });
});
