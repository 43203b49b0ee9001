import type { Ctx } from "@/lib/auth/context";
import { isDatabaseUnavailable } from "@/lib/db/unavailable";
import { AppError } from "@/lib/errors";
import { refreshConnection } from "./refresh-connection";

/** A read of a due token begins at most one refresh of it in this time and process. */
const PAUSE_MS = 1_000;
/**
 * Refreshes at once behind reads of one integration, and how often one begins. The schedule takes the rest: readers flood
 * no service, and what they wait for is not spent on refreshing.
 */
const AT_ONCE = 4;
const EVERY_MS = 100;

const begun = new Map<string, number>();
const behind = new Map<string, { underWay: number; lastMs: number }>();

/** Begins a refresh of a due token that was read, unless enough of them are under way; nobody waits for it. */
export function refreshBehind(ctx: Ctx, integrationId: string, connectionId: string): void {
  const now = performance.now();
  const its = behind.get(integrationId) ?? { underWay: 0, lastMs: -Infinity };
  if (its.underWay >= AT_ONCE || now - its.lastMs < EVERY_MS) return;
  if (now - (begun.get(connectionId) ?? -Infinity) < PAUSE_MS) return;
  if (begun.size > 10_000) begun.clear();
  begun.set(connectionId, now);
  behind.set(integrationId, its);
  its.lastMs = now;
  its.underWay++;
  refreshConnection(ctx, { connectionId, reason: "due", waitMs: 0 })
    .catch((error: unknown) => {
      if (error instanceof AppError || isDatabaseUnavailable(error)) return;
      // Nobody waits for this promise. The message stays out: a database library's repeats values.
      const frames = error instanceof Error ? (error.stack ?? "").split("\n").slice(1, 8).join("\n") : "";
      process.emitWarning("A refresh behind a read went wrong.", { detail: frames });
    })
    .finally(() => its.underWay--);
}
