import type { Ctx } from "@/lib/auth/context";
import { isDatabaseUnavailable } from "@/lib/db/unavailable";
import { AppError } from "@/lib/errors";
import { refreshConnection } from "./refresh-connection";

/** A read of a due token begins at most one refresh of it in this time and process. */
const PAUSE_MS = 1_000;
/** Refreshes at once behind reads of one integration: the schedule takes the rest, and no service is flooded by readers. */
const AT_ONCE = 4;

const begun = new Map<string, number>();
const underWay = new Map<string, number>();

/** Begins a refresh of a due token that was read, unless enough of them are under way; nobody waits for it. */
export function refreshBehind(ctx: Ctx, integrationId: string, connectionId: string): void {
  const count = underWay.get(integrationId) ?? 0;
  const now = performance.now();
  if (count >= AT_ONCE || now - (begun.get(connectionId) ?? -Infinity) < PAUSE_MS) return;
  if (begun.size > 10_000) begun.clear();
  begun.set(connectionId, now);
  underWay.set(integrationId, count + 1);
  refreshConnection(ctx, { connectionId, reason: "due", waitMs: 0 })
    .catch((error: unknown) => {
      if (error instanceof AppError || isDatabaseUnavailable(error)) return;
      // Nobody waits for this promise. The message stays out: a database library's repeats values.
      const frames = error instanceof Error ? (error.stack ?? "").split("\n").slice(1, 8).join("\n") : "";
      process.emitWarning("A refresh behind a read went wrong.", { detail: frames });
    })
    .finally(() => {
      const left = (underWay.get(integrationId) ?? 1) - 1;
      if (left > 0) underWay.set(integrationId, left);
      else underWay.delete(integrationId);
    });
}
