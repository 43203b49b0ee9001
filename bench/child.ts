import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { projectRoot } from "@/server/project-root";

export interface Child {
  pid: number;
  /** Sends an order and gives the answer of the same type. */
  ask<T>(type: string, order?: object): Promise<T>;
  stop(): Promise<void>;
}

/** Runs a program of ours in a process of its own, and waits for the message that says it is at work. */
export async function startChild(
  program: string,
  readyType: string,
  env: Record<string, string>,
): Promise<{ child: Child; ready: Record<string, unknown> }> {
  const process_ = fork(join(projectRoot(), program), [], {
    cwd: projectRoot(),
    execArgv: ["--import", "tsx"],
    env: { ...process.env, ...env },
  });
  const ready = await message(process_, readyType);
  return {
    ready,
    child: {
      pid: process_.pid ?? 0,
      async ask<T>(type: string, order: object = {}) {
        const answer = message(process_, type);
        process_.send({ type, ...order });
        return (await answer) as T;
      },
      async stop() {
        if (process_.exitCode !== null) return;
        const exit = once(process_, "exit");
        process_.kill("SIGTERM");
        await exit;
      },
    },
  };
}

function message(child: ChildProcess, type: string): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    const settle = () => child.off("message", onMessage).off("exit", onExit);
    const onMessage = (received: Record<string, unknown>) => {
      if (received["type"] !== type) return;
      settle();
      resolve(received);
    };
    const onExit = (code: number | null) => {
      settle();
      reject(new Error(`A process of the bench ended (${code}).`));
    };
    child.on("message", onMessage).once("exit", onExit);
  });
}
