import { fork } from "node:child_process";
import { once } from "node:events";

import { sleep } from "./process.mjs";

/** @typedef {import("node:child_process").ChildProcess} ChildProcess */
/** @typedef {{ type: string } & Record<string, unknown>} Message */
/**
 * @typedef {object} Supervised
 * @property {Promise<Message>} ready its first message of the type waited for; rejects when it ends before
 * @property {(message: Message) => void} send
 * @property {(type: string) => Promise<Message>} next the next message of that type; rejects when it says `failed` instead
 * @property {() => Promise<void>} stop SIGTERM, and waits
 * @property {() => void} kill
 */

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;
const STEADY_MS = 60_000;

/**
 * Keeps a process running: one that ends after it was ready is started again, ever later while it keeps ending.
 *
 * @param {{ name: string, modulePath: string, cwd: string, env: NodeJS.ProcessEnv, readyType: string, execArgv?: string[], say: (line: string) => void }} options
 * @returns {Supervised}
 */
export function supervise({ name, modulePath, cwd, env, readyType, execArgv = [], say }) {
  let stopping = false;
  let waitMs = FIRST_WAIT_MS;
  /** @type {ChildProcess} */
  let child;

  const start = () => {
    const startedMs = Date.now();
    // Its own process group: Ctrl+C in the terminal reaches the parent, which then ends everything in order. When the
    // parent is gone, the closed IPC channel tells the child to finish.
    child = fork(modulePath, [], {
      cwd,
      env,
      execArgv,
      detached: true,
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    child.once("exit", (code, signal) => {
      if (stopping || !wasReady) return;
      if (Date.now() - startedMs > STEADY_MS) waitMs = FIRST_WAIT_MS;
      say(`The ${name} process ended (${signal ?? code}); starting it again in ${waitMs / 1000} s.`);
      setTimeout(() => {
        if (!stopping) start();
      }, waitMs);
      waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
    });
  };

  let wasReady = false;
  start();
  // @ts-expect-error assigned by start()
  const first = child;
  const ready = untilMessage(first, readyType).then((message) => {
    wasReady = true;
    return message;
  });
  ready.catch(() => {});
  return {
    ready,
    send: (message) => void child.send(message),
    next: (type) => untilMessage(child, type),
    async stop() {
      stopping = true;
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exit = once(child, "exit");
      child.kill("SIGTERM");
      // The child gives up by itself after 90 s, the longest that a refresh may take; this is for one that cannot.
      await Promise.race([exit, sleep(100_000).then(() => child.kill("SIGKILL"))]);
    },
    kill() {
      stopping = true;
      child.kill("SIGKILL");
    },
  };
}

/** @param {ChildProcess} child @param {string} type @returns {Promise<Message>} */
function untilMessage(child, type) {
  return new Promise((resolve, reject) => {
    /** @param {unknown} message */
    const take = (message) => {
      if (typeof message !== "object" || message === null || !("type" in message)) return;
      if (message.type !== type && message.type !== "failed") return;
      child.off("message", take);
      if (message.type === type) resolve(/** @type {Message} */ (message));
      else reject(new Error("message" in message ? String(message.message) : ""));
    };
    child.on("message", take);
    // What it wrote on stderr says why.
    child.once("exit", () => reject(new Error("")));
  });
}
