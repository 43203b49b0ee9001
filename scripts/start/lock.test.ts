import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test } from "vitest";

import { lock, tryLock } from "./lock.mjs";
import { startedAt } from "./process.mjs";

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bifrost-lock-"));
  path = join(folder, "lock");
});
afterEach(() => rmSync(folder, { recursive: true }));

test("a second taker is told who holds it", () => {
  const first = tryLock(path, "The first");
  expect(tryLock(path, "The second").holder).toMatchObject({ pid: process.pid, purpose: "The first" });
  first.release?.();
  expect(tryLock(path, "The second").release).toBeDefined();
});

test("a lock whose process was killed is nobody's", () => {
  const { pid } = spawnSync("true");
  writeFileSync(path, JSON.stringify({ pid, started: "1", purpose: "Gone" }));
  expect(tryLock(path, "Next").release).toBeDefined();
});

test("a lock whose process id meanwhile belongs to another process is nobody's", () => {
  writeFileSync(
    path,
    JSON.stringify({ pid: process.pid, started: `${startedAt(process.pid)}0`, purpose: "Gone" }),
  );
  expect(tryLock(path, "Next").release).toBeDefined();
});

test("half a lock file is nobody's, and nothing is left beside the lock", () => {
  writeFileSync(path, '{"pid":');
  expect(tryLock(path, "Next").release).toBeDefined();
  expect(readdirSync(folder)).toEqual(["lock"]);
});

test("waiting ends with a line that names the holder", async () => {
  tryLock(path, "Another start");
  await expect(lock(path, "Mine", { timeoutMs: 150 })).rejects.toThrow(
    `Another start (process ${process.pid})`,
  );
});
