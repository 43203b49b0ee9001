import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { request } from "node:http";
import { afterEach, describe, expect, it, vi } from "vitest";

const PROGRAM = `
  import { pino } from "pino";
  import { closeServer, createHttpServer, listenOrEnd } from "./server/http-server.ts";
  import { drainOnSignal } from "./server/process-life.ts";
  const server = createHttpServer((request, response) => {
    process.send({ type: "request" });
    setTimeout(() => response.end("done"), Number(request.url.slice(1)));
  });
  const limits = JSON.parse(process.env.LIMITS);
  const countRefreshes = () => (performance.now() < limits.refreshUntilMs ? 1 : 0);
  const drain = () => {
    const closed = closeServer(server);
    if (process.connected) process.send({ type: "draining" });
    return closed;
  };
  drainOnSignal(pino({ level: "silent" }), drain, { ...limits, countRefreshes });
  await listenOrEnd(server, Number(process.env.PORT ?? 0), "127.0.0.1");
  process.send({ type: "listening", port: server.address().port });
`;

let children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children) child.kill("SIGKILL");
  children = [];
});

function start(port = 0, limits = {}): ChildProcess {
  const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", PROGRAM], {
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    env: { ...process.env, PORT: String(port), LIMITS: JSON.stringify(limits) },
  });
  children.push(child);
  return child;
}

async function message(child: ChildProcess, type: string): Promise<{ port?: number }> {
  for (;;) {
    const [received] = (await once(child, "message")) as [{ type: string; port?: number }];
    if (received.type === type) return received;
  }
}

async function listening(limits = {}): Promise<{ child: ChildProcess; port: number }> {
  const child = start(0, limits);
  return { child, port: (await message(child, "listening")).port ?? 0 };
}

function get(port: number, waitMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    request({ port, path: `/${waitMs}`, headers: { connection: "keep-alive" } }, (response) => {
      let body = "";
      response.on("data", (chunk) => (body += String(chunk)));
      response.on("end", () => resolve(body));
    })
      .on("error", reject)
      .end();
  });
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe("a process that is told to end", { timeout: 60_000 }, () => {
  it.each(["SIGTERM", "SIGINT"] as const)(
    "at %s finishes what is under way, takes nothing new, and ends with 0",
    async (signal) => {
      const { child, port } = await listening();
      const seen = message(child, "request");
      const answer = get(port, 1_000);
      await seen;
      const exit = once(child, "exit");
      const draining = message(child, "draining");
      child.kill(signal);
      // The same Ctrl+C, passed on by a parent.
      child.kill("SIGTERM");
      await draining;
      await vi.waitFor(() => expect(get(port, 0)).rejects.toThrow(/ECONNREFUSED/));
      expect(await answer).toBe("done");
      expect(await exit).toEqual([0, null]);
    },
  );

  it("ends at once at a second signal", async () => {
    const { child, port } = await listening();
    const seen = message(child, "request");
    const answer = get(port, 20_000).catch(() => "cut");
    await seen;
    const exit = once(child, "exit");
    const draining = message(child, "draining");
    child.kill("SIGTERM");
    await draining;
    // One that comes within half a second is taken for the same Ctrl+C.
    await pause(700);
    child.kill("SIGTERM");
    expect(await exit).toEqual([143, null]);
    expect(await answer).toBe("cut");
  });

  it("ends by itself when what is under way takes too long", async () => {
    const { child, port } = await listening({ limitMs: 300 });
    const seen = message(child, "request");
    const answer = get(port, 20_000).catch(() => "cut");
    await seen;
    const exit = once(child, "exit");
    child.kill("SIGTERM");
    expect(await exit).toEqual([1, null]);
    expect(await answer).toBe("cut");
  });

  it("waits longer than that for a refresh, whose answer may be the only live token, though not for ever", async () => {
    const refreshing = { limitMs: 100, refreshLimitMs: 60_000, refreshUntilMs: 3_600_000 };
    const { child, port } = await listening(refreshing);
    const seen = message(child, "request");
    const answer = get(port, 2_000);
    await seen;
    const exit = once(child, "exit");
    child.kill("SIGTERM");
    expect(await answer).toBe("done");
    expect(await exit).toEqual([0, null]);

    const stuck = await listening({ ...refreshing, refreshLimitMs: 300 });
    const stuckSeen = message(stuck.child, "request");
    const cut = get(stuck.port, 20_000).catch(() => "cut");
    await stuckSeen;
    const stuckExit = once(stuck.child, "exit");
    stuck.child.kill("SIGTERM");
    expect(await stuckExit).toEqual([1, null]);
    expect(await cut).toBe("cut");
  });

  it("ends when its parent is gone", async () => {
    const { child } = await listening();
    const exit = once(child, "exit");
    child.disconnect();
    expect(await exit).toEqual([0, null]);
  });

  it("says in one line that the port is in use", async () => {
    const { port } = await listening();
    const second = start(port);
    let printed = "";
    second.stderr?.on("data", (chunk) => (printed += String(chunk)));
    expect(await once(second, "exit")).toEqual([1, null]);
    expect(printed).toBe(`Port ${port} on 127.0.0.1 is in use. Set PORT to another one.\n`);
  });
});
