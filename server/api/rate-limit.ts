interface Bucket {
  tokens: number;
  filledAtMs: number;
}

const MOST_BUCKETS = 10_000;

/** Says how many seconds the caller must wait; 0: go on. */
export type RateLimiter = (callerId: string) => number;

/**
 * A token bucket for each caller, in the memory of this process: `perSecond` requests a second, and as many at once.
 * With several web processes a caller gets as many times the rate.
 *
 * @param perSecond 0: no limit
 */
export function createRateLimiter(
  perSecond: number,
  nowMs: () => number = () => performance.now(),
): RateLimiter {
  if (perSecond === 0) return () => 0;
  const buckets = new Map<string, Bucket>();
  return (callerId) => {
    const now = nowMs();
    const bucket = buckets.get(callerId) ?? { tokens: perSecond, filledAtMs: now };
    bucket.tokens = Math.min(perSecond, bucket.tokens + ((now - bucket.filledAtMs) / 1_000) * perSecond);
    bucket.filledAtMs = now;
    if (!buckets.has(callerId)) remember(buckets, callerId, bucket);
    if (bucket.tokens < 1) return Math.max(1, Math.ceil((1 - bucket.tokens) / perSecond));
    bucket.tokens -= 1;
    return 0;
  };
}

/** The oldest bucket makes room: its caller begins anew with a full one, which harms nobody. */
function remember(buckets: Map<string, Bucket>, callerId: string, bucket: Bucket): void {
  if (buckets.size >= MOST_BUCKETS) {
    const oldest = buckets.keys().next().value;
    if (oldest !== undefined) buckets.delete(oldest);
  }
  buckets.set(callerId, bucket);
}
