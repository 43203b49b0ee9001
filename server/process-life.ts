import type { Logger } from "pino";

const LIMIT_MS = 30_000;
/** A refresh may have 20 s to connect and 60 s to be answered, and what came has to be stored. */
const REFRESH_LIMIT_MS = 90_000;
const LOOK_MS = 100;
/** Ctrl+C in a terminal arrives twice: from the terminal, and passed on by the parent. */
const SAME_SIGNAL_MS = 500;

export interface DrainOptions {
  /** Refreshes under way in this process, and those who wait for one. */
  countRefreshes?: () => number;
  limitMs?: number;
  refreshLimitMs?: number;
}

/**
 * Ends a process in good order: at the first SIGTERM or SIGINT, or when the parent's IPC channel closes, `drain` may
 * take 30 s to finish what is under way, and up to 90 s while a refresh is: its answer may be the only live token. A
 * second signal ends it at once.
 */
export function drainOnSignal(
  log: Logger,
  drain: () => Promise<void>,
  { countRefreshes = () => 0, limitMs = LIMIT_MS, refreshLimitMs = REFRESH_LIMIT_MS }: DrainOptions = {},
): void {
  let drainingSinceMs: number | null = null;
  const begin = (why: string, exitCode: number) => {
    if (drainingSinceMs !== null) {
      if (performance.now() - drainingSinceMs > SAME_SIGNAL_MS) process.exit(exitCode);
      return;
    }
    const sinceMs = performance.now();
    drainingSinceMs = sinceMs;
    log.info({ why }, "finishing what is under way");
    setInterval(() => {
      const passedMs = performance.now() - sinceMs;
      const refreshes = countRefreshes();
      if (passedMs < (refreshes > 0 ? refreshLimitMs : limitMs)) return;
      log.warn({ refreshes }, `not finished after ${Math.round(passedMs / 1_000)} s: ending anyway`);
      process.exit(1);
    }, LOOK_MS);
    drain().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, "could not finish in good order");
        process.exit(1);
      },
    );
  };
  process.on("SIGTERM", () => begin("SIGTERM", 143));
  process.on("SIGINT", () => begin("SIGINT", 130));
  // Without its parent nobody would ever end this process.
  process.on("disconnect", () => {
    if (drainingSinceMs === null) begin("the parent process is gone", 0);
  });
}

/** Ends the process with one line for the operator. */
export function endWith(message: string): never {
  process.stderr.write(`${message.replace(/\s*\n\s*/g, " ")}\n`);
  process.exit(1);
}
