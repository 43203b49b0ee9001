import type { OAuthErrorClass } from "@/lib/oauth/classify-error";
import { LEASE_SECONDS } from "./claim-attempt";

/** Why an attempt is made; each leaves an activity entry that says so. */
export type RefreshReason = "due" | "keep_alive" | "read" | "sdk" | "button";

/** What decides about an attempt, as stored. Times are the database's. */
export interface RefreshFacts {
  status: "not_connected" | "active" | "degraded" | "reconnect_required";
  flowType: "authorization_code" | "client_credentials";
  /** For a derived token: the default connection has one. */
  hasRefreshToken: boolean;
  /** It is made with the default connection's refresh token, which is offered only where that can be used again. */
  isDerived: boolean;
  expiresAt: Date | null;
  /** An attempt that was claimed and never answered; its refresh token may be spent. */
  unanswered: number | null;
  leaseUntil: Date | null;
  /** When the backoff lets the schedule try again. */
  nextTryAt: Date | null;
  /** Until when the service itself asked to be left alone (`Retry-After`). */
  forbiddenUntil: Date | null;
  attemptEndedAt: Date | null;
  /** What the service said last is no answer that is known here, and the backoff is not over. */
  lastWasUnknown: boolean;
  unansweredPolicy: "retry" | "never";
  /** Refresh tokens do not rotate, or an earlier one is good for a while after its successor was made. */
  refreshTokensReusable: boolean;
  /** For how long the service answers a refresh token that was used the same way again (a preset's fact). */
  refreshTokenGraceSeconds: number | null;
}

export type RefreshDecision =
  | { act: "attempt" }
  /** Somebody else is at it. */
  | { act: "wait"; until: Date }
  /** `isDoubtful`: the refresh token may be spent, and presenting it could end the access token, which still works. */
  | { act: "later"; at: Date; isDoubtful?: true }
  /** The only refresh token may be spent, and the admin said never to risk presenting it again. */
  | { act: "give_up" }
  | { act: "refuse"; code: "not_connected" | "reconnect_required" | "no_refresh_token" };

/** An explicit wish does not hammer a service that just said no. */
const MIN_PAUSE_MS = 5_000;

/**
 * Whether to present the refresh token now (docs/adr/0007-the-refresh-engine.md): never while an
 * earlier presentation may be under way, and after one without an answer only as far as the admin allows.
 */
export function decideRefresh(facts: RefreshFacts, reason: RefreshReason, now: Date): RefreshDecision {
  if (facts.status === "not_connected") return { act: "refuse", code: "not_connected" };
  if (facts.status === "reconnect_required") return { act: "refuse", code: "reconnect_required" };
  const isClient = facts.flowType === "client_credentials";
  if (!isClient && !facts.isDerived && !facts.hasRefreshToken)
    return { act: "refuse", code: "no_refresh_token" };
  if (facts.leaseUntil !== null && facts.leaseUntil > now) return { act: "wait", until: facts.leaseUntil };
  const earliest = earliestTry(facts, reason);
  if (earliest > now) return { act: "later", at: earliest };
  if (!isInDoubt(facts)) return { act: "attempt" };
  if (facts.unansweredPolicy === "never") return { act: "give_up" };
  // Only the service rejects an access token, and only a script has heard so: a press of the button says nothing of it.
  const until = reason === "sdk" ? null : heldByDoubtUntil(facts, now);
  return until === null ? { act: "attempt" } : { act: "later", at: until, isDoubtful: true };
}

/**
 * A read waits out the backoff after an answer that says nothing known: five in a row ask for a person, and readers, who
 * come every few seconds, would have them together before what stood in the way for some minutes is gone.
 */
function earliestTry(facts: RefreshFacts, reason: RefreshReason): Date {
  const isRead = reason === "read" && facts.lastWasUnknown;
  const scheduled = reason === "due" || reason === "keep_alive" || isRead;
  const pause = facts.attemptEndedAt ? new Date(facts.attemptEndedAt.getTime() + MIN_PAUSE_MS) : null;
  const times = [facts.forbiddenUntil, scheduled ? facts.nextTryAt : pause].filter((time) => time !== null);
  return new Date(Math.max(0, ...times.map((time) => time.getTime())));
}

type DoubtFacts = Pick<
  RefreshFacts,
  | "flowType"
  | "isDerived"
  | "expiresAt"
  | "unanswered"
  | "leaseUntil"
  | "unansweredPolicy"
  | "refreshTokensReusable"
  | "refreshTokenGraceSeconds"
>;

/** An earlier attempt was not answered, and its refresh token is the only one there is. */
function isInDoubt({ unanswered, flowType, isDerived }: DoubtFacts): boolean {
  return unanswered !== null && flowType !== "client_credentials" && !isDerived;
}

/**
 * Until when a refresh token that may be spent is not presented again: reuse detection would end the access token too, so
 * that is used up first. Null: it may be now; an access token whose expiry nobody knows counts as used up.
 */
export function heldByDoubtUntil(facts: DoubtFacts, now: Date): Date | null {
  const { expiresAt, unansweredPolicy, refreshTokensReusable } = facts;
  if (!isInDoubt(facts) || unansweredPolicy === "never" || refreshTokensReusable) return null;
  if (isInGrace(facts, now)) return null;
  return expiresAt !== null && expiresAt > now ? expiresAt : null;
}

/** Counted from the claim, and less what the next attempt may take until it is sent. */
function isInGrace({ refreshTokenGraceSeconds, leaseUntil }: DoubtFacts, now: Date): boolean {
  if (refreshTokenGraceSeconds === null || leaseUntil === null) return false;
  return leaseUntil.getTime() + (refreshTokenGraceSeconds - 2 * LEASE_SECONDS) * 1_000 > now.getTime();
}

/** What ails an integration's OAuth client, as stored. */
export interface ClientFault {
  code: string;
  message: string | null;
  /** When one of its connections may try whether it is mended; null: not before somebody edits it. */
  probeAt: Date | null;
}

export type ClientGate =
  | { act: "pass" }
  /** Whoever takes the probe may try; nobody else. */
  | { act: "probe" }
  /** Null: not before somebody edits the integration. */
  | { act: "later"; at: Date | null };

/**
 * Whether the OAuth client lets an attempt through that {@link decideRefresh} allows: while it is at fault one connection
 * tries now and then whether it is mended, and whoever presses the button. A fault of the configuration, the client's or
 * the connection's own, waits for an edit.
 */
export function passClient(
  {
    fault,
    isHalted,
  }: {
    fault: ClientFault | null;
    /** The connection failed in a way that no waiting mends. */
    isHalted: boolean;
  },
  reason: RefreshReason,
  now: Date,
): ClientGate {
  if (reason === "button" || (fault === null && !isHalted)) return { act: "pass" };
  if (fault === null || fault.probeAt === null) return { act: "later", at: null };
  return fault.probeAt > now ? { act: "later", at: fault.probeAt } : { act: "probe" };
}

/** How long before its expiry a token is due: five minutes or a tenth of its life, or the admin's margin. */
export function dueAt(token: {
  issuedAt: Date;
  expiresAt: Date | null;
  marginSeconds: number | null;
  /** For tokens whose expiry nobody knows. */
  intervalSeconds: number | null;
}): Date | null {
  const { issuedAt, expiresAt, marginSeconds, intervalSeconds } = token;
  if (expiresAt === null) {
    return intervalSeconds === null ? null : new Date(issuedAt.getTime() + intervalSeconds * 1_000);
  }
  const lifeMs = Math.max(0, expiresAt.getTime() - issuedAt.getTime());
  const marginMs = marginSeconds === null ? Math.min(300_000, lifeMs / 10) : marginSeconds * 1_000;
  return new Date(Math.max(issuedAt.getTime(), expiresAt.getTime() - marginMs));
}

/** The shorter of two limits, of which either may be unknown. */
export function shorterOf(left: number | null, right: number | null): number | null {
  if (left === null || right === null) return left ?? right;
  return Math.min(left, right);
}

/** When the schedule comes back to a token. */
export interface RefreshPlan {
  /** Null: never by itself. */
  dueAt: Date | null;
  /** The same for a token that nobody has read for {@link SLEEPS_AFTER_DAYS}; null: not before somebody reads it. */
  sleepingDueAt: Date | null;
}

export const SLEEPS_AFTER_DAYS = 7;
/** The shortest idle limit that a widely used OAuth server has by default (Okta's), for services that say nothing. */
const USUAL_IDLE_LIMIT_MS = 7 * 86_400_000;
const SHORTEST_PAUSE_MS = 5_000;

/**
 * Plans the next refresh. A grant that nobody reads is refreshed only as often as keeps it alive: at half of what its
 * refresh token can idle. What comes without a person needs no keeping alive. No setting and no answer makes a loop: half
 * of a token's life passes before its refresh, whatever the margin, and five seconds at the least.
 */
export function planRefresh(
  token: Parameters<typeof dueAt>[0] & {
    /** Client credentials, or derived from a consent that is kept alive by itself. */
    comesByItself: boolean;
    /** Unused for this long, its refresh token dies; null: nobody knows. */
    idleLimitSeconds: number | null;
  },
): RefreshPlan {
  const { issuedAt, expiresAt, comesByItself, idleLimitSeconds } = token;
  const at = issuedAt.getTime();
  const halfLifeMs = expiresAt === null ? 0 : (expiresAt.getTime() - at) / 2;
  const earliest = at + Math.max(SHORTEST_PAUSE_MS, halfLifeMs);
  const usual = dueAt(token);
  const due = usual === null ? Infinity : Math.max(usual.getTime(), earliest);
  const dies = comesByItself || idleLimitSeconds === null ? Infinity : at + (idleLimitSeconds * 1_000) / 2;
  const awake = Math.max(Math.min(due, dies), at + SHORTEST_PAUSE_MS);
  const keepAlive = dies === Infinity ? at + USUAL_IDLE_LIMIT_MS / 2 : dies;
  const hasTime = awake !== Infinity;
  return {
    dueAt: hasTime ? new Date(awake) : null,
    sleepingDueAt: hasTime && !comesByItself ? new Date(Math.max(awake, keepAlive)) : null,
  };
}

/** What of a failed attempt is stored, and when the schedule tries again. */
export interface FailureOutcome {
  status: "degraded" | "reconnect_required";
  /** Null: not before somebody acts. */
  retryInMs: number | null;
  failures: number;
  /** The fault is the OAuth client's: it is shown once, on the integration. */
  blamesClient: boolean;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** After each answer in a row that says nothing known here; the next one after these needs a person. */
const UNKNOWN_PAUSES_MS = [MINUTE_MS, 8 * MINUTE_MS, HOUR_MS, 6 * HOUR_MS];

/** Failed attempts since the last success, before this one. */
export interface EarlierFailures {
  failures: number;
  /** How many of the last ones, in a row, said nothing that is known here. */
  unknown: number;
}

/**
 * @param random in [0, 1): spreads retries, so that what fell together does not come back together
 */
export function judgeFailure(
  kind: OAuthErrorClass,
  { failures, unknown }: EarlierFailures,
  retryAfterSeconds: number | null,
  random: number,
): FailureOutcome {
  const next = failures + 1;
  const spread = (ceilingMs: number) =>
    Math.max(ceilingMs / 2 + (ceilingMs / 2) * random, (retryAfterSeconds ?? 0) * 1_000);
  const backoff = () => spread(Math.min(HOUR_MS, 15_000 * 2 ** Math.min(failures, 20)));
  const base = { failures: next, blamesClient: false };
  switch (kind) {
    case "needs_person":
      return { ...base, status: "reconnect_required", retryInMs: null };
    case "client":
      return { ...base, status: "degraded", retryInMs: backoff(), blamesClient: true };
    case "configuration":
      return { ...base, status: "degraded", retryInMs: null, blamesClient: true };
    case "passing":
      return { ...base, status: "degraded", retryInMs: backoff() };
    case "unknown": {
      const pauseMs = UNKNOWN_PAUSES_MS[unknown];
      return pauseMs === undefined
        ? { ...base, status: "reconnect_required", retryInMs: null }
        : { ...base, status: "degraded", retryInMs: spread(pauseMs) };
    }
  }
}
