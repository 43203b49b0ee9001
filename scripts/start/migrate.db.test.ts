import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import pg from "pg";
import { afterAll, beforeAll, expect, inject, test } from "vitest";

import { cloneDatabase } from "@/test/database";

const root = resolve(import.meta.dirname, "../..");
let database: Awaited<ReturnType<typeof cloneDatabase>>;
let checkout: string;

beforeAll(async () => {
  database = await cloneDatabase(inject("databaseServerUrl"));
  await query("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
  checkout = mkdtempSync(join(tmpdir(), "bifrost-migrate-"));
  for (const path of ["package.json", "package-lock.json", "prisma.config.ts", "prisma", "scripts", "lib"])
    cpSync(join(root, path), join(checkout, path), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(checkout, "node_modules"));
  writeFileSync(join(checkout, ".env"), `DATABASE_URL=${database.url}\n`);
});
afterAll(async () => {
  rmSync(checkout, { recursive: true, force: true });
  await database.drop();
});

test("npm run migrate migrates the database of .env, not the embedded one", async () => {
  expect(await npmRunMigrate()).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/The database is up to date\.\n$/),
  });
  const { rows } = await query(`SELECT to_regclass('"Integration"') IS NOT NULL AS migrated`);
  expect(rows).toEqual([{ migrated: true }]);
  expect(existsSync(join(checkout, ".bifrost/database.json"))).toBe(false);
});

test("npx prisma finds the database of .env too", async () => {
  const status = await run("npx", ["prisma", "migrate", "status"]);
  expect(status).toMatchObject({ code: 0, stdout: expect.stringContaining("up to date") });
});

test("npm run migrate refuses a newer version's database in one line", async () => {
  await query(
    `INSERT INTO "_prisma_migrations" (id, checksum, migration_name, finished_at, applied_steps_count) VALUES ('x', 'x', '29990101000000_future', now(), 1)`,
  );
  expect(await npmRunMigrate()).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(
      /^The database is from a newer version of Bifrost [^\n]+29990101000000_future[^\n]+\n$/,
    ),
  });
});

test("npm run migrate says in one line when DATABASE_URL is no address", async () => {
  const { code, stderr } = await npmRunMigrate({ DATABASE_URL: "mysql://root@127.0.0.1/x" });
  expect(code).toBe(1);
  expect(stderr).toMatch(/^DATABASE_URL is not a PostgreSQL address\. [^\n]+\n$/);
});

const npmRunMigrate = (env?: Record<string, string>) => run("npm", ["run", "--silent", "migrate"], env);

async function run(command: string, args: string[], env: Record<string, string> = {}) {
  const child = spawn(command, args, {
    cwd: checkout,
    env: { PATH: process.env["PATH"] ?? "", HOME: process.env["HOME"] ?? "", NODE_ENV: "test", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, stdout, stderr };
}

async function query(sql: string) {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    return await client.query<{ migrated: boolean }>(sql);
  } finally {
    await client.end();
  }
}
