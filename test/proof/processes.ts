import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { projectRoot } from "@/server/project-root";
import { inTurn } from "./in-turn";

/** A real process of Bifrost's. */
export interface Running {
  kind: "web" | "worker";
  pid: number;
  /** Where a web process listens. */
  url: string;
  hasEnded: () => boolean;
  /** The end of what it wrote. */
  words: () => string;
  /** `kill -9`; resolves when the process is gone. */
  kill: () => Promise<void>;
  /** SIGSTOP and SIGCONT. */
  pause: () => void;
  resume: () => void;
  /** SIGTERM; resolves to the exit code. */
  stop: () => Promise<number | null>;
}

const STARTS = 5;

/** Starts a process and waits until it is at work. */
export function startProcess(
  kind: "web" | "worker",
  program: string,
  env: Record<string, string>,
): Promise<Running> {
  return inTurn(() => spawnProcess(kind, program, env));
}

/** A port that somebody took meanwhile is another start. */
async function spawnProcess(
  kind: "web" | "worker",
  program: string,
  env: Record<string, string>,
): Promise<Running> {
  for (let attempt = 1; ; attempt++) {
    const port = kind === "web" ? await freePort() : 3000;
    const child = spawn(process.execPath, ["--enable-source-maps", program], {
      cwd: projectRoot(),
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      env: {
        PATH: process.env["PATH"],
        NODE_ENV: "production",
        HOST: "127.0.0.1",
        PORT: String(port),
        ...env,
      },
    });
    let complaint = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (chunk: Buffer) => (complaint = (complaint + chunk.toString()).slice(-4_000)));
    }
    const exit = once(child, "exit");
    const ready = await Promise.race([once(child, "message").then(() => true), exit.then(() => false)]);
    if (ready) return running(kind, child, `http://127.0.0.1:${port}`, exit, () => complaint);
    if (attempt === STARTS || !complaint.includes("is in use")) throw new Error(`${kind}: ${complaint}`);
  }
}

function running(
  kind: "web" | "worker",
  child: ChildProcess,
  url: string,
  exit: Promise<unknown>,
  words: () => string,
): Running {
  const send = (signal: NodeJS.Signals) => {
    if (!child.kill(signal)) throw new Error(`The ${kind} process is gone already.`);
  };
  return {
    kind,
    pid: child.pid ?? 0,
    url,
    words,
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    async kill() {
      child.kill("SIGKILL");
      await exit;
    },
    pause: () => send("SIGSTOP"),
    resume: () => send("SIGCONT"),
    async stop() {
      child.kill("SIGTERM");
      await exit;
      return child.exitCode;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
