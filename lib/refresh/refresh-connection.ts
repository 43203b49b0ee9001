import { setTimeout as sleep } from "node:timers/promises";
import { recordRefresh } from "@/lib/audit/record-refresh";
import { inTransaction } from "@/lib/db/in-transaction";
import { AppError } from "@/lib/errors";
import type { Services } from "@/lib/auth/context";
import type { Pool } from "pg";
import { claimAttempt, claimProbe, type Claim } from "./claim-attempt";
import { insertActivity } from "./insert-activity";
import { isRefreshingAllowed, readRefreshRow, type RefreshRow } from "./queries";
import { takeSlot } from "./origin-slots";
import { decideRefresh, passClient, type RefreshReason } from "./rules";
import { runAttempt, type AttemptEnd } from "./run-attempt";
import { announceChange, untilChanged } from "@/lib/db/notices";
import { observeAttempt, observeWait } from "./observe-refresh";

export interface RefreshRequest {
  connectionId: string;
  reason: RefreshReason;
  /** The version the caller has: where a newer one is stored, nothing is sent, so that a burst of 401s makes one refresh. */
  ifVersion?: number | undefined;
  /** How long to wait for an attempt under way, in milliseconds; 0: for an own one to its end, for no other. */
  waitMs: number;
}

export type RefreshEnd =
  /** The stored token is new enough: made now, or by somebody else meanwhile. */
  | { ok: true; version: number }
  /**
   * `busy`: an attempt is still under way. `later`: the service, or a moment's pause, forbids one. `client`: the OAuth
   * client is at fault, and another connection tries whether it is mended.
   */
  | {
      ok: false;
      why: "busy" | "later" | "client";
      /** By the database's clock; for whoever knows only their own, in seconds from now. */
      retryAt: Date;
      retryInSeconds: number;
      code: string;
      message: string;
    }
  | {
      ok: false;
      why: "failed";
      code: string;
      message: string;
      status: "degraded" | "reconnect_required" | "superseded";
    }
  | { ok: false; why: "refused"; code: string; message: string };

/**
 * The one door to a refresh, for reads, the schedule, the SDK and the button: however many come through it, in however
 * many processes, a refresh token is presented once.
 * @throws AppError `connection_not_found`
 */
export async function refreshConnection(services: Services, request: RefreshRequest): Promise<RefreshEnd> {
  const until = performance.now() + request.waitMs;
  const sight: Sight = { first: null };
  const ask = (waitMs: number) => {
    const wish = { ...request, waitMs };
    return shareInProcess(services.db.pool, wish, sight, () => passDoor(services, wish, sight));
  };
  let end = await ask(request.waitMs);
  // Who joined one that had begun earlier waits on when that one's time is over.
  while (
    !end.ok &&
    end.why === "busy" &&
    !shared.bifrostRefreshingEnds &&
    until - performance.now() > LEAST_WAIT_MS
  )
    end = await ask(until - performance.now());
  return end;
}

const LEAST_WAIT_MS = 100;

/** What was stored when a request came: whatever is newer answers it. */
interface Sight {
  first: RefreshRow | null;
}

const underWay = new WeakMap<Pool, Map<string, { end: Promise<RefreshEnd>; sight: Sight }>>();

/** Equal requests of one process are one, and who waits on after it goes on from what that one saw. */
function shareInProcess(
  pool: Pool,
  request: RefreshRequest,
  sight: Sight,
  run: () => Promise<RefreshEnd>,
): Promise<RefreshEnd> {
  const running = underWay.get(pool) ?? new Map<string, { end: Promise<RefreshEnd>; sight: Sight }>();
  underWay.set(pool, running);
  const key = `${request.connectionId} ${request.reason} ${request.ifVersion ?? "any"}`;
  const existing = running.get(key);
  if (existing) {
    const sinceMs = performance.now();
    const { reason } = request;
    return existing.end.finally(() => {
      sight.first ??= existing.sight.first;
      observeWait({ reason, durationMs: performance.now() - sinceMs });
    });
  }
  const started = run().finally(() => {
    running.delete(key);
    wishes.delete(started);
  });
  running.set(key, { end: started, sight });
  wishes.add(started);
  return started;
}

async function passDoor(services: Services, request: RefreshRequest, sight: Sight): Promise<RefreshEnd> {
  let waitsSinceMs: number | null = null;
  const onWait = () => (waitsSinceMs ??= performance.now());
  try {
    return await takeSteps(services, request, sight, onWait);
  } finally {
    if (waitsSinceMs !== null)
      observeWait({ reason: request.reason, durationMs: performance.now() - waitsSinceMs });
  }
}

async function takeSteps(
  services: Services,
  request: RefreshRequest,
  sight: Sight,
  onWait: () => void,
): Promise<RefreshEnd> {
  const { pool } = services.db;
  const until = performance.now() + request.waitMs;
  for (;;) {
    const row = await readRefreshRow(pool, request.connectionId);
    if (!row)
      throw new AppError(
        "connection_not_found",
        "This connection is not there any more. Read the integration again.",
      );
    // After a disconnect there is nothing to wait for, and nothing that would be new enough.
    if (sight.first === null || row.facts.status === "not_connected") sight.first = row;
    // Nor after an edit that took the token away, or asks for another consent: the grant is new then, and no token is.
    if (row.grantId !== sight.first.grantId && !isServing(row)) sight.first = row;
    const { first } = sight;
    if (isNewEnough(row, first, request)) return { ok: true, version: row.tokenVersion };
    if (row.attempt !== first.attempt && row.facts.unanswered === null) return endedElsewhere(row);
    // Who pressed sees how the attempt ended that was under way, rather than wait for another one.
    if (request.reason === "button" && hasFailedSince(first, row)) return endedElsewhere(row);
    if (!(await isRefreshingAllowed(pool, services.publicUrl))) return PAUSED;
    if (shared.bifrostRefreshingEnds) return busy(row);
    const step = await takeStep(services, row, request, until);
    if (step !== "look_again") return step;
    if (performance.now() >= until) return busy(row);
    onWait();
    await untilChanged(pool, row.id);
  }
}

/** It has a token that was made for what it is now. */
function isServing(row: RefreshRow): boolean {
  return row.facts.status !== "reconnect_required" && !hasExpired(row);
}

function isNewEnough(row: RefreshRow, first: RefreshRow, { ifVersion, reason }: RefreshRequest): boolean {
  if (row.facts.status === "not_connected") return false;
  if (ifVersion !== undefined && row.tokenVersion > ifVersion && !hasExpired(row)) return true;
  if (row.tokenVersion > first.tokenVersion || row.grantId !== first.grantId) return true;
  return reason === "due" && (row.dueAt === null || row.dueAt > row.now);
}

/** The attempt that was under way at first has said no. */
function hasFailedSince(first: RefreshRow, row: RefreshRow): boolean {
  const wasUnderWay = first.facts.leaseUntil !== null && first.facts.leaseUntil > first.now;
  return wasUnderWay && row.attempt === first.attempt && row.facts.leaseUntil === null;
}

/** Somebody else's attempt, under way after this request came, has failed: its reason is this request's too. */
function endedElsewhere(row: RefreshRow): RefreshEnd {
  return {
    ok: false,
    why: "failed",
    code: row.errorCode ?? "refresh_failed",
    message: row.errorMessage ?? "The refresh failed.",
    status: row.facts.status === "reconnect_required" ? "reconnect_required" : "degraded",
  };
}

const PAUSED: RefreshEnd = {
  ok: false,
  why: "refused",
  code: "refresh_paused",
  message:
    "This database last ran under another address, where a copy may still use the same refresh tokens. Stop that copy, then run: npm run bifrost -- refresh confirm",
};

async function takeStep(
  services: Services,
  row: RefreshRow,
  { reason, waitMs }: RefreshRequest,
  until: number,
): Promise<RefreshEnd | "look_again"> {
  const decision = decideRefresh(row.facts, reason, row.now);
  switch (decision.act) {
    case "wait":
      return "look_again";
    case "later":
      if (reason === "button" && isWorthWaiting(row, decision.at, until)) return "look_again";
      return {
        ok: false,
        why: "later",
        ...retryFrom(row, decision.at),
        ...(decision.isDoubtful ? IN_DOUBT : lastWords(row)),
      };
    case "refuse":
      if (decision.code === "no_refresh_token" && hasExpired(row)) {
        await demandPerson(services, row, reason, NO_REFRESH_TOKEN);
      }
      return { ok: false, why: "refused", ...refusal(decision.code, row) };
    case "give_up":
      await demandPerson(services, row, reason, ANSWER_LOST);
      return "look_again";
    case "attempt": {
      const free = takeSlot(services.db.pool, row.tokenOrigin ?? "");
      if (!free) return "look_again";
      const started = await claimPassed(services, row, reason, free).catch((error: unknown) => {
        free();
        throw error;
      });
      if (started === null || "why" in started) free();
      if (started === null) return "look_again";
      return "why" in started ? started : endWithin(waitMs > 0 ? until : Infinity, started.attempt, row);
    }
  }
}

/** Of a person's patience, what the service needs to answer. */
const ANSWER_MS = 10_000;

/** Who has just mended what failed and presses at once need not press again: the pause is shorter than a person's patience. */
function isWorthWaiting({ errorCode, now }: RefreshRow, at: Date, until: number): boolean {
  return errorCode !== null && at.getTime() - now.getTime() < until - ANSWER_MS - performance.now();
}

/** Begins an attempt, unless the client's gate refuses it; null where somebody else has begun one. */
async function claimPassed(
  services: Services,
  row: RefreshRow,
  reason: RefreshReason,
  free: () => void,
): Promise<Extract<RefreshEnd, { ok: false }> | { attempt: Promise<AttemptEnd> } | null> {
  const refusal = await passGate(services.db.pool, row, reason);
  if (refusal) return refusal;
  const claim = await claimAttempt(services.db.pool, row);
  if (!claim) return null;
  const why = reason === "due" && row.isAsleep ? "keep_alive" : reason;
  const attempt = attemptRefresh(services, claim, why, free);
  void attempt.catch(() => undefined).finally(free);
  return { attempt };
}

/** What the client's fault, or the connection's own that only an edit mends, has to say against an attempt. */
async function passGate(
  pool: Pool,
  row: RefreshRow,
  reason: RefreshReason,
): Promise<Extract<RefreshEnd, { ok: false }> | null> {
  const { clientFault: fault, now } = row;
  const gate = gateOf(row, reason);
  if (gate.act === "pass") return null;
  if (gate.act === "probe" && (await claimProbe(pool, row.integrationId))) return null;
  const at = (gate.act === "later" && gate.at) || null;
  return {
    ok: false,
    why: "client",
    ...retryFrom(row, at ?? new Date(now.getTime() + UNTIL_EDITED_MS)),
    code: fault?.code ?? row.errorCode ?? "oauth_client_invalid",
    message: fault?.message ?? row.errorMessage ?? "The OAuth settings need an edit.",
  };
}

/** Nobody knows when somebody edits; whoever asks may ask again then. */
const UNTIL_EDITED_MS = 3_600_000;

function gateOf({ clientFault: fault, facts, dueAt, failures, now }: RefreshRow, reason: RefreshReason) {
  // One that was only marked with the client's fault has not failed itself.
  const isHalted = facts.status === "degraded" && dueAt === null && failures > 0;
  return passClient({ fault, isHalted }, reason, now);
}

/** For how many seconds what is stored forbids another forced refresh, or makes it wait; 0 where one may be tried now. */
export async function secondsUntilForced(pool: Pool, connectionId: string): Promise<number> {
  const row = await readRefreshRow(pool, connectionId);
  if (!row) return 0;
  const decision = decideRefresh(row.facts, "sdk", row.now);
  if (decision.act === "later") return retryFrom(row, decision.at).retryInSeconds;
  if (decision.act === "wait") return retryFrom(row, decision.until).retryInSeconds;
  const gate = gateOf(row, "sdk");
  if (gate.act !== "later") return 0;
  return gate.at === null ? UNTIL_EDITED_MS / 1_000 : retryFrom(row, gate.at).retryInSeconds;
}

/** How an attempt ended, or that it is still under way when the time is over; it goes on then. */
async function endWithin(until: number, attempt: Promise<AttemptEnd>, row: RefreshRow): Promise<RefreshEnd> {
  if (until === Infinity) return endOf(await attempt);
  const timer = new AbortController();
  const pauseMs = Math.max(0, until - performance.now());
  const late = sleep(pauseMs, null, { signal: timer.signal }).catch(() => null);
  try {
    const end = await Promise.race([attempt, late]);
    return end ? endOf(end) : busy(row);
  } finally {
    timer.abort();
  }
}

// On `globalThis`, as what Next bundles is another instance of this module, and the button's attempts are made there.
const shared = globalThis as typeof globalThis & {
  bifrostRefreshAttempts?: Set<Promise<AttemptEnd>>;
  bifrostRefreshWishes?: Set<Promise<RefreshEnd>>;
  bifrostRefreshingEnds?: boolean;
};
const attempts = (shared.bifrostRefreshAttempts ??= new Set());
const wishes = (shared.bifrostRefreshWishes ??= new Set());

/**
 * Makes the attempt that was claimed. Those under way are finished before the process ends: their answer may be the only
 * live token.
 */
export function attemptRefresh(
  services: Services,
  claim: Claim,
  reason: RefreshReason,
  onAnswered?: () => void,
): Promise<AttemptEnd> {
  const attempt = runAttempt(services, claim, reason, onAnswered);
  attempts.add(attempt);
  void attempt.catch(() => undefined).finally(() => attempts.delete(attempt));
  return attempt;
}

/** Resolves when every attempt that this process has begun has stored its end. */
export async function settleAttempts(): Promise<void> {
  await Promise.allSettled(attempts);
}

/**
 * Has this process begin no attempt any more, and resolves when those begun have stored their end, those too whose claim is on
 * its way; for a clean stop, when nobody waits for a token any more.
 */
export async function endRefreshing(): Promise<void> {
  shared.bifrostRefreshingEnds = true;
  while (countRefreshes() > 0) await Promise.allSettled([...attempts, ...wishes]);
}

/** Attempts of this process that have not stored their end yet, and wishes that wait for one. */
export function countRefreshes(): number {
  return attempts.size + wishes.size;
}

function retryFrom({ now }: RefreshRow, retryAt: Date): { retryAt: Date; retryInSeconds: number } {
  return { retryAt, retryInSeconds: Math.max(1, Math.ceil((retryAt.getTime() - now.getTime()) / 1_000)) };
}

function hasExpired({ facts, now }: RefreshRow): boolean {
  return facts.expiresAt !== null && facts.expiresAt <= now;
}

function endOf(end: AttemptEnd): RefreshEnd {
  if (end.ok) return end;
  return { ok: false, why: "failed", code: end.code, message: end.message, status: end.status };
}

function busy(row: RefreshRow): RefreshEnd {
  return {
    ok: false,
    why: "busy",
    ...retryFrom(row, row.facts.leaseUntil ?? new Date(row.now.getTime() + 1_000)),
    code: "refresh_in_progress",
    message: "A refresh is under way. Read again in a moment.",
  };
}

export const JUST_REFRESHED = "The token was refreshed a moment ago. Try again in a few seconds.";

const IN_DOUBT = {
  code: "token_in_doubt",
  message:
    "An answer of the service was lost, so the refresh token may be spent. Presenting it again could end the access token too, which still works; it is tried once that has expired.",
};

function lastWords(row: RefreshRow): { code: string; message: string } {
  return {
    code: row.errorCode ?? "refresh_in_progress",
    message: row.errorMessage ?? JUST_REFRESHED,
  };
}

function refusal(code: "not_connected" | "reconnect_required" | "no_refresh_token", row: RefreshRow) {
  if (code === "not_connected") return { code, message: "Nobody has connected this yet." };
  if (code === "reconnect_required") {
    return { code, message: row.errorMessage ?? "Only a person can mend this: reconnect it in Bifrost." };
  }
  return {
    code: "reconnect_required",
    message: "The service gave no refresh token. Reconnect to get a new token.",
  };
}

const NEEDS_PERSON = `UPDATE "Connection" SET "status" = 'reconnect_required', "errorCode" = $5, "errorMessage" = $6,
    "dueAt" = NULL, "errorSince" = clock_timestamp(), "updatedAt" = clock_timestamp()
  WHERE "id" = $1 AND "grantId" = $2 AND "attempt" = $3 AND "tokenVersion" = $4
    AND "unanswered" IS NOT DISTINCT FROM $7::int
    AND "status" IN ('active', 'degraded') AND ("leaseUntil" IS NULL OR "leaseUntil" <= clock_timestamp())`;

const ANSWER_LOST = {
  code: "answer_lost",
  message: "An answer of the service was lost, and its refresh token may be spent. Reconnect.",
};
const NO_REFRESH_TOKEN = {
  code: "no_refresh_token",
  message: "The access token has expired, and the service gave no refresh token. Reconnect to get a new one.",
};

/** Says that only a person can mend it, where the row is still as it was read. */
async function demandPerson(
  { db, now }: Services,
  row: RefreshRow,
  reason: RefreshReason,
  { code, message }: { code: string; message: string },
): Promise<void> {
  const values = [row.id, row.grantId, row.attempt, row.tokenVersion, code, message, row.facts.unanswered];
  const isStored = await inTransaction(db.pool, async (transaction) => {
    const { rowCount } = await transaction.query(NEEDS_PERSON, values);
    if (rowCount === 0) return false;
    const { attempt } = row;
    await insertActivity(transaction, {
      row,
      attempt,
      reason,
      outcome: "needs_person",
      durationMs: 0,
      code,
      message,
    });
    await recordRefresh(transaction, { ...row, now: now(), reason, outcome: "gave_up", code });
    return true;
  });
  if (!isStored) return;
  observeAttempt({ reason, outcome: "gave_up", durationMs: null });
  await announceChange(db.pool, row.id);
}
