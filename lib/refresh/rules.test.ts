import { describe, expect, it } from "vitest";
import {
  decideRefresh,
  dueAt,
  judgeFailure,
  type EarlierFailures,
  type RefreshDecision,
  type RefreshFacts,
  type RefreshReason,
} from "./rules";

const NOW = new Date("2026-11-20T12:00:00.000Z");
const from = (ms: number) => new Date(NOW.getTime() + ms);
/** Never set, long ago, at this very moment, a moment later, later. */
const TIMES = [null, from(-3_600_000), NOW, from(1), from(3_600_000)];
const SCHEDULED: RefreshReason[] = ["due", "keep_alive"];
const WISHES: RefreshReason[] = ["read", "sdk", "button"];

const VALUES: { [Name in keyof RefreshFacts]: readonly RefreshFacts[Name][] } = {
  status: ["not_connected", "active", "degraded", "reconnect_required"],
  flowType: ["authorization_code", "client_credentials"],
  hasRefreshToken: [true, false],
  // Below, in a test of its own.
  isDerived: [false],
  expiresAt: TIMES,
  unanswered: [null, 7],
  leaseUntil: TIMES,
  nextTryAt: [null, NOW, from(1)],
  forbiddenUntil: [null, NOW, from(1)],
  // Below, in a test of its own.
  lastWasUnknown: [false],
  attemptEndedAt: [null, from(-3_600_000), from(-5_000), from(-4_999), NOW],
  unansweredPolicy: ["retry", "never"],
  refreshTokensReusable: [false, true],
  refreshTokenGraceSeconds: [null, 1_800],
};

function* everyFacts(): Generator<RefreshFacts> {
  const names = Object.keys(VALUES) as (keyof RefreshFacts)[];
  const total = names.reduce((product, name) => product * VALUES[name].length, 1);
  for (let i = 0; i < total; i++) {
    let rest = i;
    const entries = names.map((name) => {
      const values = VALUES[name];
      const value = values[rest % values.length];
      rest = Math.floor(rest / values.length);
      return [name, value] as const;
    });
    yield Object.fromEntries(entries) as unknown as RefreshFacts;
  }
}

const isAfter = (time: Date | null, now: Date) => time !== null && time > now;
const isRisky = ({ unanswered, flowType, isDerived }: RefreshFacts) =>
  unanswered !== null && flowType === "authorization_code" && !isDerived;
const canPresent = ({ hasRefreshToken, flowType, isDerived }: RefreshFacts) =>
  hasRefreshToken || flowType === "client_credentials" || isDerived;

/** What the promise says of an attempt made for these facts; each names what would be broken. */
function brokenByAttempt(facts: RefreshFacts, reason: RefreshReason): string | null {
  const { status, leaseUntil, forbiddenUntil, nextTryAt, attemptEndedAt, expiresAt } = facts;
  if (status !== "active" && status !== "degraded") return "nobody may present a token in this status";
  if (!canPresent(facts)) return "there is nothing to present";
  if (isAfter(leaseUntil, NOW)) return "an earlier presentation may be under way";
  if (isAfter(forbiddenUntil, NOW)) return "the service forbade it";
  if (SCHEDULED.includes(reason) && isAfter(nextTryAt, NOW)) return "the backoff is not over";
  if (WISHES.includes(reason) && attemptEndedAt && NOW.getTime() - attemptEndedAt.getTime() < 5_000)
    return "it hammers";
  if (!isRisky(facts)) return null;
  if (facts.unansweredPolicy === "never") return "the admin said never";
  const isUsedUp = !isAfter(expiresAt, NOW) || reason === "sdk";
  const sinceClaimed = facts.leaseUntil
    ? (NOW.getTime() - facts.leaseUntil.getTime()) / 1_000 + 90
    : Infinity;
  // However long it may take until the request arrives.
  const isInGrace = sinceClaimed + 90 < (facts.refreshTokenGraceSeconds ?? 0);
  return facts.refreshTokensReusable || isUsedUp || isInGrace
    ? null
    : "reuse detection would kill a living access token";
}

function brokenBy(facts: RefreshFacts, reason: RefreshReason, decision: RefreshDecision): string | null {
  switch (decision.act) {
    case "attempt":
      return brokenByAttempt(facts, reason);
    case "wait":
      return decision.until === facts.leaseUntil && decision.until > NOW ? null : "it waits for no lease";
    case "give_up":
      return isRisky(facts) && facts.unansweredPolicy === "never" ? null : "it gives up what may be tried";
    case "refuse": {
      const expected = canPresent(facts) ? facts.status : "no_refresh_token";
      const isConnected = facts.status === "active" || facts.status === "degraded";
      return decision.code === (isConnected ? expected : facts.status) ? null : "it refuses for no reason";
    }
    case "later": {
      if (decision.at <= NOW) return "it puts off to a time that has come";
      return brokenByAttempt(facts, reason) === null ? "it withholds what may be tried now" : null;
    }
  }
}

/** Goes to the time that each decision names until one is not about time; a lease is over when its time has come. */
function isStuck(facts: RefreshFacts, reason: RefreshReason): boolean {
  let now = NOW;
  for (let step = 0; step < 5; step++) {
    const decision = decideRefresh(facts, reason, now);
    if (decision.act !== "later" && decision.act !== "wait") return false;
    const next = decision.act === "later" ? decision.at : decision.until;
    if (next <= now) return true;
    now = next;
  }
  return true;
}

describe("whether to present the refresh token", () => {
  it("breaks the promise for no combination of what is stored, and is never stuck", () => {
    const broken: unknown[] = [];
    let count = 0;
    for (const facts of everyFacts()) {
      for (const reason of [...SCHEDULED, ...WISHES]) {
        const decision = decideRefresh(facts, reason, NOW);
        const why = brokenBy(facts, reason, decision) ?? (isStuck(facts, reason) ? "it is stuck" : null);
        if (why !== null && broken.length < 5) broken.push({ why, reason, decision, facts });
        count += 1;
      }
    }
    expect(broken).toEqual([]);
    expect(count).toBeGreaterThan(1_250_000);
  }, 60_000);

  it("is decided for a derived token as for client credentials: presenting spends nothing of its own", () => {
    let count = 0;
    for (const facts of everyFacts()) {
      count += 1;
      // A prime apart, so that each value meets each other's.
      if (count % 97 !== 0) continue;
      const derived = { ...facts, flowType: "authorization_code", isDerived: true } as const;
      const client = { ...facts, flowType: "client_credentials" } as const;
      expect(decideRefresh(derived, "due", NOW)).toEqual(decideRefresh(client, "due", NOW));
    }
    expect(count).toBeGreaterThan(100_000);
  }, 60_000);
});

describe("after an answer that says nothing known", () => {
  it("a read waits out the backoff as the schedule does, and no other wish does", () => {
    let count = 0;
    for (const facts of everyFacts()) {
      count += 1;
      if (count % 97 !== 0) continue;
      const unknown = { ...facts, lastWasUnknown: true };
      const read = decideRefresh(unknown, "read", NOW);
      if (read.act === "attempt") expect(isAfter(facts.nextTryAt, NOW)).toBe(false);
      for (const reason of ["due", "keep_alive", "sdk", "button"] as const)
        expect(decideRefresh(unknown, reason, NOW)).toEqual(decideRefresh(facts, reason, NOW));
    }
    expect(count).toBeGreaterThan(100_000);
  }, 60_000);

  it("the pauses reach hours before a person is asked for, and a few minutes are three answers at most", () => {
    for (const random of [0, 0.999_999]) {
      const pauses = [0, 1, 2, 3].map((unknown) =>
        Number(judgeFailure("unknown", { failures: unknown, unknown }, null, random).retryInMs),
      );
      expect(pauses.slice(0, 2).reduce((sum, ms) => sum + ms)).toBeGreaterThanOrEqual(4 * 60_000);
      expect(pauses.reduce((sum, ms) => sum + ms)).toBeGreaterThan(3 * 3_600_000);
      expect(pauses[3]).toBeGreaterThanOrEqual(3 * 3_600_000);
    }
  });
});

describe("what becomes of a failed attempt", () => {
  const kinds = ["needs_person", "client", "configuration", "passing", "unknown"] as const;
  const cases = kinds.flatMap((kind) =>
    Array.from({ length: 30 }, (_, failures) => failures).flatMap((failures) =>
      [0, 1, 3, 4, 5].flatMap((unknown) =>
        [null, 0, 1, 120, 86_400].flatMap((retryAfter) =>
          [0, 0.5, 0.999_999].map((random) => ({
            kind,
            earlier: { failures, unknown } satisfies EarlierFailures,
            retryAfter,
            random,
            outcome: judgeFailure(kind, { failures, unknown }, retryAfter, random),
          })),
        ),
      ),
    ),
  );
  const wrong = (isRight: (each: (typeof cases)[number]) => boolean) =>
    cases.filter((each) => !isRight(each));

  it("demands a person only for what only a person mends, and then tries no more", () => {
    expect(
      wrong(({ kind, earlier, outcome }) => {
        const demands = kind === "needs_person" || (kind === "unknown" && earlier.unknown >= 4);
        return (
          (outcome.status === "reconnect_required") === demands && (!demands || outcome.retryInMs === null)
        );
      }),
    ).toEqual([]);
  });

  it("shows the OAuth client's and the configuration's faults on the integration, and no others", () => {
    expect(
      wrong(({ kind, outcome }) => outcome.blamesClient === (kind === "client" || kind === "configuration")),
    ).toEqual([]);
  });

  it("tries again by itself unless somebody has to act, never sooner than Retry-After, at most hours later", () => {
    expect(
      wrong(({ kind, retryAfter, outcome: { status, retryInMs } }) => {
        if (kind === "configuration" || status === "reconnect_required") return retryInMs === null;
        const asked = (retryAfter ?? 0) * 1_000;
        const limit = (kind === "unknown" ? 6 : 1) * 3_600_000;
        return (
          retryInMs !== null && retryInMs >= Math.max(7_500, asked) && retryInMs <= Math.max(limit, asked)
        );
      }),
    ).toEqual([]);
  });

  it("waits longer after each failure, and counts it", () => {
    expect(
      wrong(({ kind, earlier, retryAfter, random, outcome }) => {
        const next = { ...earlier, failures: earlier.failures + 1 };
        const later = judgeFailure(kind, next, retryAfter, random);
        return (
          outcome.failures === earlier.failures + 1 && (later.retryInMs ?? 0) >= (outcome.retryInMs ?? 0)
        );
      }),
    ).toEqual([]);
  });
});

describe("when a token is due", () => {
  const lives = [null, 0, 1, 9, 60, 600, 3_600, 86_400, 7_776_000, 3_162_240_000];
  const settings = [null, 0, 1, 30, 300, 3_600, 86_400];
  const cases = lives.flatMap((life) =>
    settings.flatMap((marginSeconds) =>
      settings.map((intervalSeconds) => {
        const expiresAt = life === null ? null : from(life * 1_000);
        const due = dueAt({ issuedAt: NOW, expiresAt, marginSeconds, intervalSeconds });
        return {
          life,
          marginSeconds,
          intervalSeconds,
          dueIn: due && (due.getTime() - NOW.getTime()) / 1_000,
        };
      }),
    ),
  );

  it("is a tenth of its life before the end, five minutes at the most, or the admin's margin", () => {
    const known = cases.filter(({ life }) => life !== null);
    const wrong = known.filter(({ life, marginSeconds, dueIn }) => {
      const margin = marginSeconds ?? Math.min(300, (life ?? 0) / 10);
      return dueIn === null || dueIn < 0 || Math.abs(dueIn - Math.max(0, (life ?? 0) - margin)) > 0.001;
    });
    expect(wrong).toEqual([]);
  });

  it("is the admin's interval where nobody knows the expiry, and never without one", () => {
    const unknown = cases.filter(({ life }) => life === null);
    expect(unknown.filter(({ intervalSeconds, dueIn }) => dueIn !== intervalSeconds)).toEqual([]);
  });
});
