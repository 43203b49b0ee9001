/** What an endpoint may ask to be told, and in what words the form offers it. */
export const WEBHOOK_EVENTS = {
  "connection.reconnect_required": "A connection broke, and only a person can mend it.",
  "connection.recovered": "A connection works again after one of the other two was told.",
  "oauth_client.failing": "A service refuses an integration's OAuth client: its secret has expired, say.",
} as const;
export type WebhookEventType = keyof typeof WEBHOOK_EVENTS;
export const WEBHOOK_EVENT_TYPES = Object.keys(WEBHOOK_EVENTS) as [WebhookEventType, ...WebhookEventType[]];

/** In the words of the screens. */
export const EVENT_NAMES: Readonly<Record<string, string>> = {
  "connection.reconnect_required": "Reconnect required",
  "connection.recovered": "Recovered",
  "oauth_client.failing": "OAuth client failing",
};

/** What Send test event sends; nobody can choose it. */
export const TEST_EVENT = "webhook.test";

export const WEBHOOK_FORMATS = ["standard", "slack", "teams"] as const;
export type WebhookFormat = (typeof WEBHOOK_FORMATS)[number];

export const FORMAT_NAMES: Readonly<Record<WebhookFormat, string>> = {
  standard: "Standard Webhooks",
  slack: "Slack",
  teams: "Microsoft Teams",
};

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** How long after each failed try the next one is (the schedule that Standard Webhooks gives as its example). */
const DELAYS_MS = [
  5 * SECOND_MS,
  5 * MINUTE_MS,
  30 * MINUTE_MS,
  2 * HOUR_MS,
  5 * HOUR_MS,
  10 * HOUR_MS,
  14 * HOUR_MS,
  20 * HOUR_MS,
  24 * HOUR_MS,
];
export const MAX_TRIES = DELAYS_MS.length + 1;
const JITTER = 0.2;
const LONGEST_PAUSE_MS = 24 * HOUR_MS;

/** An endpoint that took nothing for this long is disabled when a delivery has used up its tries. */
export const FAILING_LIMIT_MS = 72 * HOUR_MS;
/** How long a former secret signs as well. */
export const SECRET_OVERLAP_MS = 24 * HOUR_MS;
/** How long events and the log of their deliveries are kept. */
export const KEPT_MS = 30 * 24 * HOUR_MS;

/** What came of one request. */
export interface AttemptFacts {
  /** Null: there was no answer. */
  httpStatus: number | null;
  /** What `Retry-After` asked for. */
  retryAfterSeconds: number | null;
}

export type Verdict =
  | { status: "delivered" }
  /** The receiver wants nothing any more (410). */
  | { status: "failed"; isGone: true }
  /** The tries are used up. */
  | { status: "failed"; isGone: false }
  /** `pauseMs`: the receiver asked to be left alone by all deliveries. */
  | { status: "pending"; retryInMs: number; pauseMs: number | null };

/**
 * @param tries tries so far, this one included
 * @param random in [0, 1): spreads retries, so that what failed together does not come back together
 */
export function judgeAttempt(
  { httpStatus, retryAfterSeconds }: AttemptFacts,
  tries: number,
  random: number,
): Verdict {
  if (httpStatus !== null && httpStatus >= 200 && httpStatus < 300) return { status: "delivered" };
  if (httpStatus === 410) return { status: "failed", isGone: true };
  const delayMs = DELAYS_MS[tries - 1];
  if (delayMs === undefined) return { status: "failed", isGone: false };
  const spreadMs = delayMs * (1 + JITTER * random);
  if ((httpStatus !== 429 && httpStatus !== 503) || retryAfterSeconds === null) {
    return { status: "pending", retryInMs: spreadMs, pauseMs: null };
  }
  const pauseMs = Math.min(Math.max(retryAfterSeconds * SECOND_MS, SECOND_MS), LONGEST_PAUSE_MS);
  return { status: "pending", retryInMs: pauseMs * (1 + JITTER * random), pauseMs };
}

/** What of a URL may be shown to whoever may see the endpoint: where it leads, and enough to tell it from another one. */
export function urlHint(url: string): string {
  const { host, pathname, search } = new URL(url);
  const rest = `${pathname}${search}`;
  // Of a short path, the end would be all of it.
  return rest.length > 12 ? `${host}/…${rest.slice(-4)}` : `${host}/…`;
}

/** Where an endpoint stands, in a word. */
export function endpointState(endpoint: {
  isEnabled: boolean;
  disabledReason: string | null;
  failingSince: string | Date | null;
}): "enabled" | "failing" | "disabled" {
  if (!endpoint.isEnabled) return "disabled";
  return endpoint.failingSince === null ? "enabled" : "failing";
}
