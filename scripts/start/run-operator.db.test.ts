import { execFile } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import pg from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";

import { lockDataDir, startPostgres } from "./embedded-postgres.mjs";

const root = resolve(import.meta.dirname, "../..");
/** A cluster is made and migrated, and the command line bundled, on a machine that may be slow. */
const LONG_MS = 360_000;
let dataDir: string;
let demoDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "bifrost-operator-"));
  // PostgreSQL's user passes through, as it does in most checkouts.
  chmodSync(dataDir, 0o755);
  demoDir = join(dataDir, "demo");
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

test(
  "with --demo a command acts on the demo that runs, and makes no second database",
  async () => {
    const release = await lockDataDir(demoDir);
    const server = await startPostgres(demoDir);
    const { code, stdout, stderr } = await bifrost(
      "--demo",
      "organization",
      "create",
      "--name",
      "Contoso",
      "--json",
    );
    expect({ code, name: (JSON.parse(stdout || "{}") as { name?: string }).name }, stderr).toEqual({
      code: 0,
      name: "Contoso",
    });
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    expect((await client.query(`SELECT name FROM "Organization"`)).rows).toEqual([{ name: "Contoso" }]);
    await client.end();
    expect(readdirSync(dataDir)).toEqual(["demo"]);
    await server.stop();
    release();
  },
  LONG_MS,
);

test(
  "a command that would make a second database beside the demo's says so in one line instead",
  async () => {
    mkdirSync(demoDir);
    writeFileSync(join(demoDir, "database.json"), JSON.stringify({ port: 1, password: "x" }));
    const { code, stdout, stderr } = await bifrost("organization", "create", "--name", "Contoso");
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(
      /^There is no database in [^\n]+ yet, only the demo's\. [^\n]+ -- --demo [^\n]+\n$/,
    );
    expect(readdirSync(dataDir)).toEqual(["demo"]);
  },
  LONG_MS,
);

test(
  "with --demo and no demo a command makes none",
  async () => {
    const { code, stderr } = await bifrost("organization", "create", "--name", "Contoso", "--demo");
    expect(code).toBe(1);
    expect(stderr.trim()).toBe("There is no demo here yet. Start it: npm start -- --demo");
    expect(existsSync(demoDir)).toBe(false);
  },
  LONG_MS,
);

function bifrost(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const env = { PATH: process.env["PATH"] ?? "", HOME: process.env["HOME"] ?? "", NODE_ENV: "test" as const };
  return new Promise((done) => {
    execFile(
      process.execPath,
      [join(root, "scripts/start/run-operator.mjs"), ...args],
      { cwd: root, env: { ...env, BIFROST_DATA_DIR: dataDir } },
      (error, stdout, stderr) => done({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}
