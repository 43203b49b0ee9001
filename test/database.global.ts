import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import pg from "pg";
import type { TestProject } from "vitest/node";

import { startPostgres } from "../scripts/start/embedded-postgres.mjs";

declare module "vitest" {
  interface ProvidedContext {
    /** A server on which tests may make databases, with the migrated template on it. */
    databaseServerUrl: string;
  }
}

/** One PostgreSQL for the whole run, migrated once: the embedded one, or the server of TEST_DATABASE_URL. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env["TEST_DATABASE_URL"];
  const dataDir = given ? undefined : await mkdtemp(join(tmpdir(), "bifrost-test-"));
  // The tests' databases are worth nothing after the run: no need to wait for the disk. The proofs run two dozen processes at
  // once, each with a pool of its own.
  const server = dataDir
    ? await startPostgres(dataDir, { fsync: "off", full_page_writes: "off", max_connections: "500" })
    : undefined;
  const serverUrl = server?.url ?? given ?? "";
  const template = `bifrost_template_${process.pid}`;
  await execute(serverUrl, `CREATE DATABASE "${template}"`);
  const url = new URL(serverUrl);
  url.pathname = `/${template}`;
  await promisify(execFile)("prisma", ["migrate", "deploy"], {
    env: { ...process.env, DATABASE_URL: url.href },
  });
  project.provide("databaseServerUrl", url.href);
  return async () => {
    if (server === undefined) await execute(serverUrl, `DROP DATABASE "${template}" WITH (FORCE)`);
    await server?.stop();
    if (dataDir !== undefined) await rm(dataDir, { recursive: true, force: true });
  };
}

async function execute(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
