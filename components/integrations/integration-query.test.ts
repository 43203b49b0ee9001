import { describe, expect, it } from "vitest";
import { describeTrouble } from "@/lib/health/rules";
import { isChanging, nextLookMs } from "./integration-query";

const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1_000);
const still = { waitingUntil: null, connectedAt: null, isRefreshing: false, nextRefreshAt: null };
const row = (nextTryAt: Date | null, isRefreshing = false) => ({
  trouble: describeTrouble(
    { code: "server_error", message: null, since: null, nextTryAt, isRefreshing },
    "degraded",
    { mayConnect: true, mayEdit: true },
  ),
});

describe("how soon a screen looks again", () => {
  it("watches a refresh that is under way, though the next one is far off", () => {
    expect(isChanging({ ...still, nextRefreshAt: inSeconds(90).toISOString() })).toBe(false);
    expect(isChanging({ ...still, nextRefreshAt: inSeconds(90).toISOString(), isRefreshing: true })).toBe(
      true,
    );
  });

  it("watches a list while one of it is tried, is about to be tried again, or waits for a consent", () => {
    const calm = nextLookMs([null, { trouble: null }, row(null), row(inSeconds(60)), row(inSeconds(-60))]);
    // While it is tried, the next try is only the one after.
    const tried = row(inSeconds(90), true);
    for (const watched of [row(inSeconds(-5)), row(inSeconds(5)), tried, { trouble: null, waiting: true }]) {
      expect(nextLookMs([null, row(null), watched])).toBeLessThan(calm);
    }
  });
});
