import { describe, expect, it } from "vitest";
import { planRefresh } from "./rules";

const DAY = 86_400;
const token = (
  changes: Partial<Record<"life" | "margin" | "interval" | "idle", number>> & { byItself?: boolean },
) => {
  const { life, margin, interval, idle, byItself = false } = changes;
  const plan = planRefresh({
    issuedAt: new Date(0),
    expiresAt: life === undefined ? null : new Date(life * 1_000),
    marginSeconds: margin ?? null,
    intervalSeconds: interval ?? null,
    comesByItself: byItself,
    idleLimitSeconds: idle ?? null,
  });
  const inSeconds = (date: Date | null) => date && date.getTime() / 1_000;
  return [inSeconds(plan.dueAt), inSeconds(plan.sleepingDueAt)];
};

describe("a token that somebody reads", () => {
  it.each([
    ["an hour's life", { life: 3_600 }, 3_300],
    ["the admin's margin", { life: 600, margin: 30 }, 570],
    ["a margin as long as the life", { life: 3_600, margin: 3_600 }, 1_800],
    ["a life of a second", { life: 1 }, 5],
    ["no known expiry", {}, null],
    ["no known expiry and an interval", { interval: 3_600 }, 3_600],
    ["a refresh token that dies before it", { life: 3_600, idle: 1_800 }, 900],
    ["no known expiry and a refresh token that can idle away", { idle: 90 * DAY }, 45 * DAY],
    ["a refresh token that lives for a second", { life: 3_600, idle: 1 }, 5],
  ])("with %s is refreshed in time, and never in a loop", (_, given, due) => {
    expect(token(given)[0]).toBe(due);
  });
});

describe("a token that nobody reads", () => {
  it.each([
    ["Microsoft's 90 days", { life: 3_600, idle: 90 * DAY }, 45 * DAY],
    ["nothing that the service says", { life: 3_600 }, 3.5 * DAY],
    ["a refresh token of half an hour", { life: 300, idle: 1_800 }, 900],
    ["an access token that lives longer than that", { life: 60 * DAY }, 60 * DAY - 300],
    ["no known expiry", {}, null],
    ["client credentials, which nothing ends", { life: 3_600, byItself: true }, null],
  ])("with %s is refreshed as often as keeps it alive", (_, given, due) => {
    expect(token(given)[1]).toBe(due);
  });
});
