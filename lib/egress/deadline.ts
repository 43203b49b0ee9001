import type { Socket } from "node:net";

const MAX_TURNS = 1_000;

export interface Deadline {
  signal: AbortSignal;
  /** The socket whose arriving bytes may still save the exchange when the time is up. */
  watch: (socket: Socket) => void;
  clear: () => void;
}

/**
 * Aborts after `timeoutMs`, but takes first what has already arrived: after a pause of the process an answer may be
 * sitting in the socket, and timers run before sockets are read.
 */
export function startDeadline(timeoutMs: number, outer: AbortSignal | null | undefined): Deadline {
  const controller = new AbortController();
  let watched: Socket | null = null;
  let cleared = false;

  const giveUp = () => controller.abort();
  const drain = (lastBytes: number, turn: number) => {
    if (cleared) return;
    const bytes = watched?.bytesRead ?? 0;
    // Two quiet turns of the event loop: one to poll the socket, one for the parser's events behind it.
    if (turn >= MAX_TURNS || (turn >= 2 && bytes === lastBytes)) return giveUp();
    setImmediate(drain, bytes, turn + 1);
  };
  const timer = setTimeout(drain, timeoutMs, -1, 0);
  if (outer?.aborted) giveUp();
  outer?.addEventListener("abort", giveUp, { once: true });

  return {
    signal: controller.signal,
    watch: (socket) => (watched = socket),
    clear: () => {
      cleared = true;
      clearTimeout(timer);
      outer?.removeEventListener("abort", giveUp);
    },
  };
}
