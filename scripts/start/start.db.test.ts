import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import pg from "pg";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

import { openTestDatabase } from "@/test/database";
import { dataDirOf, findFreePort } from "./settings.mjs";

const root = resolve(import.meta.dirname, "../..");
const SECRET = "canary-that-no-line-may-show";
const keys = {
  BIFROST_ENCRYPTION_KEYS: `k1:${Buffer.alloc(32, 5).toString("base64")}`,
  AUTH_SECRET: "x".repeat(40),
};
let database: Awaited<ReturnType<typeof openTestDatabase>>;
let dataDir: string;

beforeAll(async () => {
  database = await openTestDatabase();
  dataDir = mkdtempSync(join(tmpdir(), "bifrost-start-"));
});
afterAll(async () => {
  await database.close();
  rmSync(dataDir, { recursive: true, force: true });
});

test("the demo's data lie in a folder of its own, wherever the others lie", () => {
  vi.stubEnv("BIFROST_DATA_DIR", "");
  expect([dataDirOf("/bifrost"), dataDirOf("/bifrost", true)]).toEqual([
    "/bifrost/.bifrost",
    "/bifrost/.bifrost/demo",
  ]);
  vi.stubEnv("BIFROST_DATA_DIR", "/srv/data");
  expect([dataDirOf("/bifrost"), dataDirOf("/bifrost", true)]).toEqual(["/srv/data", "/srv/data/demo"]);
  vi.unstubAllEnvs();
});

describe("npm start stops at once with one line", () => {
  test("when the port is in use", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const port = String((server.address() as AddressInfo).port);
    expect(await start({ PORT: port })).toBe(`Port ${port} on 127.0.0.1 is in use. Set PORT to another one.`);
    server.close();
  });

  test.each([
    ["an encryption key is no key", { BIFROST_ENCRYPTION_KEYS: `k1:${SECRET}` }, "BIFROST_ENCRYPTION_KEYS"],
    ["an encryption key is too short", { BIFROST_ENCRYPTION_KEYS: "k1:c2hvcnQ=" }, "BIFROST_ENCRYPTION_KEYS"],
    ["the port is none", { PORT: "http" }, "PORT"],
    ["the public address has a path", { BIFROST_URL: "https://example.com/app" }, "BIFROST_URL"],
    [
      "the database is given and the keys are not",
      { DATABASE_URL: "postgresql://127.0.0.1/x" },
      "BIFROST_ENCRYPTION_KEYS",
    ],
    [
      "the database is not there",
      { DATABASE_URL: `postgresql://u:${SECRET}@127.0.0.1:1/x`, ...keys },
      "DATABASE_URL",
    ],
  ])("when %s", async (_title, env, names) => {
    const line = await start(env);
    expect(line).toContain(names);
    expect(line).not.toContain("\n");
    expect(line).not.toContain(SECRET);
  });

  test("when the demo would fill a database that is set, which it leaves as it was", async () => {
    const line = await start({ DATABASE_URL: database.url, ...keys }, "--demo");
    expect(line).toMatch(/^The demo has a database of its own [^\n]+DATABASE_URL= npm start -- --demo$/);
    expect(await database.prisma.organization.count()).toBe(0);
  });

  test.each([
    ["others can reach the server", { HOST: "0.0.0.0" }],
    ["the public address is another machine's", { BIFROST_URL: "https://bifrost.example.com" }],
    ["only one of its ports may be reached", { HOST: "0.0.0.0", BIFROST_EGRESS_ALLOW: "127.0.0.1:1" }],
  ])("when the demo could not reach its own services: %s", async (_title, env) => {
    expect(await start(env, "--demo")).toMatch(
      /^The demo's services [^\n]+HOST= BIFROST_URL= npm start -- --demo$/,
    );
  });

  test("when the database is from a newer version", async () => {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await client.query(
      `INSERT INTO "_prisma_migrations" (id, checksum, migration_name, finished_at, applied_steps_count) VALUES ('x', 'x', '29990101000000_future', now(), 1)`,
    );
    await client.end();
    const line = await start({ DATABASE_URL: database.url, ...keys });
    expect(line).toMatch(
      /^The database is from a newer version of Bifrost [^\n]+29990101000000_future[^\n]+$/,
    );
  });
});

/** What it wrote on standard error; it has to end by itself, with exit code 1. */
async function start(env: Record<string, string>, ...args: string[]): Promise<string> {
  const child = spawn(process.execPath, [join(root, "scripts/start.mjs"), ...args], {
    env: {
      PATH: process.env["PATH"] ?? "",
      HOME: process.env["HOME"] ?? "",
      NODE_ENV: "test",
      PORT: String(await findFreePort("127.0.0.1")),
      BIFROST_DATA_DIR: dataDir,
      ...env,
    },
    stdio: ["ignore", "ignore", "pipe"],
    timeout: 60_000,
  });
  let output = "";
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(child, "close")) as [number | null];
  expect(code).toBe(1);
  return output.trim();
}
