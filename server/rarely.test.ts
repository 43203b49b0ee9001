import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { rarely } from "./rarely";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("a reading for the metrics", () => {
  it("is taken at most every five seconds, and shared meanwhile", async () => {
    const read = vi.fn(async () => 1);
    const look = rarely(read);
    expect(await Promise.all([look(), look()])).toEqual([1, 1]);
    vi.advanceTimersByTime(4_900);
    expect(await look()).toBe("unchanged");
    vi.advanceTimersByTime(200);
    expect(await look()).toBe(1);
    expect(read).toHaveBeenCalledTimes(2);
  });

  it("that takes a second is taken every twenty", async () => {
    const look = rarely(async () => {
      vi.advanceTimersByTime(1_000);
      return 1;
    });
    await look();
    vi.advanceTimersByTime(19_000);
    expect(await look()).toBe("unchanged");
    vi.advanceTimersByTime(1_100);
    expect(await look()).toBe(1);
  });

  it("that fails gives nothing, rather than an error", async () => {
    expect(await rarely(() => Promise.reject(new Error("away")))()).toBeNull();
  });
});
