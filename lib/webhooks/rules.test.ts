import { describe, expect, it } from "vitest";
import { judgeAttempt, MAX_TRIES, urlHint } from "./rules";

const answered = (httpStatus: number | null, retryAfterSeconds: number | null = null) => ({
  httpStatus,
  retryAfterSeconds,
});

describe("what comes of a try", () => {
  it.each([200, 201, 202, 204, 299])("HTTP %i is a success", (status) => {
    expect(judgeAttempt(answered(status), MAX_TRIES, 0)).toEqual({ status: "delivered" });
  });

  it("is tried again after 5 s, 5 min, 30 min, 2, 5, 10, 14, 20 and 24 h, then no more", () => {
    const delays: number[] = [];
    for (let tries = 1; ; tries++) {
      const verdict = judgeAttempt(answered(500), tries, 0);
      if (verdict.status !== "pending") {
        expect(verdict).toEqual({ status: "failed", isGone: false });
        expect(tries).toBe(MAX_TRIES);
        break;
      }
      delays.push(verdict.retryInMs / 1_000);
    }
    expect(delays).toEqual([5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400]);
  });

  it.each([null, 302, 400, 401, 404, 500, 502, 504])("%s is tried again, spread in time", (status) => {
    expect(judgeAttempt(answered(status), 2, 0)).toMatchObject({ status: "pending", retryInMs: 300_000 });
    expect(judgeAttempt(answered(status), 2, 0.999)).toMatchObject({
      retryInMs: expect.closeTo(359_940, 0) as number,
    });
  });

  it("410 ends it at once", () => {
    expect(judgeAttempt(answered(410), 1, 0)).toEqual({ status: "failed", isGone: true });
  });

  it.each([429, 503])("HTTP %i with Retry-After waits that long, with all else of the endpoint", (status) => {
    expect(judgeAttempt(answered(status, 90), 1, 0)).toEqual({
      status: "pending",
      retryInMs: 90_000,
      pauseMs: 90_000,
    });
    expect(judgeAttempt(answered(status, 0), 1, 0)).toMatchObject({ retryInMs: 1_000 });
    expect(judgeAttempt(answered(status, 1e9), 1, 0)).toMatchObject({ pauseMs: 86_400_000 });
    expect(judgeAttempt(answered(status), 1, 0)).toMatchObject({ retryInMs: 5_000, pauseMs: null });
  });

  it("believes Retry-After of nothing else", () => {
    expect(judgeAttempt(answered(500, 90), 1, 0)).toMatchObject({ retryInMs: 5_000, pauseMs: null });
  });
});

describe("what is shown of a URL", () => {
  it.each([
    ["https://hooks.slack.com/services/T0/B0/secretABCD", "hooks.slack.com/…ABCD"],
    ["https://example.com:8443/hook?token=0123456789", "example.com:8443/…6789"],
    ["https://example.com/short", "example.com/…"],
    ["https://example.com", "example.com/…"],
  ])("%s: %s", (url, hint) => expect(urlHint(url)).toBe(hint));
});
