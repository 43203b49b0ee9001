import type { Logger } from "pino";

const LIMIT_MS = 30_000;
/** Ctrl+C in a terminal arrives twice: from the terminal, and passed on by the parent. */
const SAME_SIGNAL_MS = 500;

/**
 * Ends a process in good order: at the first SIGTERM or SIGINT, or when the parent's IPC channel closes, `drain` may
 * take 30 s to finish what is under way; a second signal ends it at once.
 */
export function drainOnSignal(log: Logger, drain: () => Promise<void>): void {
  let drainingSinceMs: number | null = null;
  const begin = (why: string, exitCode: number) => {
    if (drainingSinceMs !== null) {
      if (performance.now() - drainingSinceMs > SAME_SIGNAL_MS) process.exit(exitCode);
      return;
    }
    drainingSinceMs = performance.now();
    log.info({ why }, "finishing what is under way");
    const limit = setTimeout(() => {
      log.warn(`not finished after ${LIMIT_MS / 1_000} s: ending anyway`);
      process.exit(1);
    }, LIMIT_MS);
    drain().then(
      () => {
        clearTimeout(limit);
        process.exit(0);
      },
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
