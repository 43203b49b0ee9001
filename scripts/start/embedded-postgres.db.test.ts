import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import pg from "pg";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { lockDataDir, startPostgres, withEmbeddedPostgres } from "./embedded-postgres.mjs";

interface Access {
  port: number;
  password: string;
}

const MODULE = join(import.meta.dirname, "embedded-postgres.mjs");
let folder: string;
let dataDir: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bifrost-embedded-"));
  // PostgreSQL's user passes through, as it does in most checkouts.
  chmodSync(folder, 0o755);
  dataDir = join(folder, "data");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("its password is needed, and stands in a file for this user alone", async () => {
  const server = await startPostgres(dataDir);
  const url = new URL(server.url);
  url.password = "wrong";
  await expect(query(url.href, "SELECT 1")).rejects.toMatchObject({ code: "28P01" });
  expect(statSync(join(dataDir, "database.json")).mode & 0o077).toBe(0);
  expect(await query(server.url, "SHOW synchronous_commit")).toEqual([{ synchronous_commit: "on" }]);
  await server.stop();
});

test("two data directories run side by side", async () => {
  const [first, second] = await Promise.all([startPostgres(dataDir), startPostgres(join(folder, "other"))]);
  expect(new URL(first.url).port).not.toBe(new URL(second.url).port);
  await Promise.all([first.stop(), second.stop()]);
});

test("a command uses the server of npm start, and starts one where none runs", async () => {
  const alone = await withEmbeddedPostgres(dataDir, (url) => query(url, "SELECT 1 AS answer"));
  const release = await lockDataDir(dataDir);
  const server = await startPostgres(dataDir);
  const used = await withEmbeddedPostgres(dataDir, async (url) => url);
  expect(alone).toEqual([{ answer: 1 }]);
  expect(used).toBe(server.url);
  await server.stop();
  release();
});

test("a second npm start on the same data is told of the first in one line", async () => {
  const release = await lockDataDir(dataDir);
  await expect(lockDataDir(dataDir)).rejects.toThrow(/^Bifrost already runs on .+\. Stop it, or set [^\n]+$/);
  release();
});

describe("after kill -9", () => {
  test("of npm start alone, the server that lives on is replaced and nothing is lost", async () => {
    const { child, pid } = await startInChild();
    await withWrittenRow();
    child.kill("SIGKILL");
    await once(child, "exit");
    const server = await startPostgres(dataDir);
    expect(server.pid).not.toBe(pid);
    expect(await query(server.url, "SELECT n FROM kept")).toEqual([{ n: 1 }]);
    await server.stop();
  });

  test("of everything, it recovers, even when the server's old process id belongs to another process", async () => {
    const { child, pid } = await startInChild();
    await withWrittenRow();
    child.kill("SIGKILL");
    process.kill(pid, "SIGKILL");
    await once(child, "exit");
    const pidFile = join(dataDir, "postgres/postmaster.pid");
    writeFileSync(pidFile, readFileSync(pidFile, "utf8").replace(/^\d+/, String(process.pid)));
    const server = await startPostgres(dataDir);
    expect(await query(server.url, "SELECT n FROM kept")).toEqual([{ n: 1 }]);
    await server.stop();
  });

  test("of everything, it waits for what still runs in the killed server's memory", async () => {
    const { child, pid } = await startInChild();
    await withWrittenRow();
    const { port, password } = JSON.parse(readFileSync(join(dataDir, "database.json"), "utf8")) as Access;
    const connectionString = `postgresql://bifrost:${password}@127.0.0.1:${port}/bifrost`;
    const busy = new pg.Client({ connectionString });
    busy.on("error", () => undefined);
    await busy.connect();
    // It asks nobody whether the server still lives, as a long computation of a backend does.
    const loop = "DO $$ BEGIN WHILE pg_stat_file('enough', true) IS NULL LOOP END LOOP; END $$";
    const ended = busy.query(loop).catch(() => undefined);
    await vi.waitFor(async () => {
      const sql = "SELECT pid FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'DO %'";
      expect(await query(connectionString, sql)).toHaveLength(1);
    });
    child.kill("SIGKILL");
    process.kill(pid, "SIGKILL");
    await once(child, "exit");
    const starting = startPostgres(dataDir);
    await vi.waitFor(() =>
      expect(readFileSync(join(dataDir, "postgres.log"), "utf8")).toContain(
        "pre-existing shared memory block",
      ),
    );
    writeFileSync(join(dataDir, "postgres/enough"), "");
    await ended;
    const server = await starting;
    expect(await query(server.url, "SELECT n FROM kept")).toEqual([{ n: 1 }]);
    await server.stop();
  });
});

// Only root runs it as another user, whom a 0700 home keeps out.
test.runIf(process.getuid?.() === 0)("works below a folder that PostgreSQL's user cannot enter", async () => {
  chmodSync(folder, 0o700);
  const shared = mkdtempSync(join(tmpdir(), "bifrost-shared-"));
  chmodSync(shared, 0o711);
  const { child } = await startInChild({ BIFROST_SHARED_DIR: shared });
  await withWrittenRow();
  const pointer = readFileSync(join(dataDir, "postgres.location"), "utf8");
  expect(pointer.startsWith(shared)).toBe(true);
  child.kill("SIGTERM");
  await once(child, "exit");
  rmSync(shared, { recursive: true });
});

/** As `npm start` does it: in a process of its own, which can be killed. */
async function startInChild(env: Record<string, string> = {}): Promise<{ child: ChildProcess; pid: number }> {
  const program = `
    import { startPostgres } from ${JSON.stringify(MODULE)};
    const server = await startPostgres(${JSON.stringify(dataDir)});
    process.on("SIGTERM", () => void server.stop().then(() => process.exit(0)));
    process.send(server.pid);
  `;
  const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const [pid] = await once(child, "message");
  return { child, pid: Number(pid) };
}

async function withWrittenRow(): Promise<void> {
  const { port, password } = JSON.parse(readFileSync(join(dataDir, "database.json"), "utf8")) as {
    port: number;
    password: string;
  };
  const url = `postgresql://bifrost:${password}@127.0.0.1:${port}/bifrost`;
  await query(url, "CREATE TABLE kept (n int); INSERT INTO kept VALUES (1)");
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => undefined);
  await client.connect();
  try {
    return (await client.query(sql)).rows as unknown[];
  } finally {
    await client.end();
  }
}
